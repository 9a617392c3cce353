"""From a question to an answer, a choice, or that we do not know."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.document import Document
from knowledge.search import Answer, Choices, Hit, Index, Unknown
from knowledge.weights import Weights

DOCUMENTS = (
    Document(
        slug="bank",
        language="en",
        title="Bank account",
        opening="You can open an account in a bank when the bank knows who you are.",
        text="The bank decides. Take your passport with you. Ask for a debit card.",
        questions=("how do I open a bank account", "where can I keep my salary"),
        keywords=("bankkonto", "BankID"),
    ),
    Document(
        slug="housing",
        language="en",
        title="Housing queue",
        opening="Join the housing queue to rent an apartment.",
        text="You stand in the queue for a long time. Landlords look for tenants there.",
        questions=("how can I find an apartment", "where do I rent a flat"),
        keywords=("bostadskö", "Bostadsförmedlingen"),
    ),
    Document(
        slug="sfi",
        language="en",
        title="Swedish for immigrants",
        opening="You learn Swedish at sfi. It costs nothing.",
        text="Register at the municipality. A teacher tests what you know.",
        questions=("where can I learn Swedish", "when does the course begin"),
        keywords=("sfi", "svenska"),
    ),
    Document(
        slug="bank",
        language="sv",
        title="Bankkonto",
        opening="Du kan öppna ett konto när banken vet vem du är.",
        text="Banken beslutar. Ta med ditt pass. Be om ett kort.",
        questions=("hur öppnar jag ett konto", "var får jag min lön"),
        keywords=("bank", "BankID"),
    ),
    Document(
        slug="care",
        language="sv",
        title="Vårdcentral",
        opening="Ring till en vårdcentral när du är sjuk.",
        text="En sköterska svarar. Du får en tid hos läkaren.",
        questions=("vart går jag när jag är sjuk", "mitt barn har feber"),
        keywords=("läkare", "1177"),
    ),
    Document(
        slug="bank",
        language="ar",
        title="حساب بنكي",
        opening="يمكنك فتح حساب عندما يعرف البنك من أنت.",
        text="البنك يقرر. خذ جواز السفر معك.",
        questions=("كيف أفتح حسابا في البنك", "وين بيجي راتبي"),
        keywords=("bankkonto", "بنك"),
    ),
)


@pytest.fixture(scope="module")
def index():
    return Index.build(DOCUMENTS)


def answer(index, question, language):
    match index.find(question, language):
        case Answer(hits=(hit, *_)):
            return hit.slug, hit.language
        case other:
            pytest.fail(f"{question!r} gave {other}")


@pytest.mark.parametrize(
    ("question", "language", "slug"),
    [
        ("How do I open a bank account?", "en", "bank"),
        ("I want to rent an apartment", "en", "housing"),
        ("learn swedish", "en", "sfi"),
        ("hur öppnar man konto i en bank", "sv", "bank"),
        ("كيف افتح حساب بنكي", "ar", "bank"),
    ],
)
def test_a_question_finds_its_article(index, question, language, slug):
    assert answer(index, question, language) == (slug, language)


@pytest.mark.parametrize(
    ("question", "language", "slug"),
    [
        ("how do i opne a bank acount", "en", "bank"),
        ("housin queu", "en", "housing"),
        ("hur oppnar jag ett konto", "sv", "bank"),
        ("vardcentral", "sv", "care"),
        ("كيف أفتح حسااب في البنك", "ar", "bank"),
    ],
)
def test_a_misspelt_word_still_finds_the_article(index, question, language, slug):
    assert answer(index, question, language) == (slug, language)


def test_the_swedish_word_finds_the_article_in_every_language(index):
    assert answer(index, "bostadskö", "en") == ("housing", "en")


def test_a_question_in_another_language_shows_the_article_in_the_chosen_one(index):
    assert answer(index, "hur öppnar jag ett konto", "ar") == ("bank", "ar")


def test_an_article_missing_in_the_chosen_language_is_shown_in_the_one_it_was_asked_in(index):
    assert answer(index, "mitt barn har feber", "en") == ("care", "sv")


def test_a_language_without_articles_is_asked_in_the_others(index):
    assert answer(index, "how do I open a bank account", "so") == ("bank", "en")


@pytest.mark.parametrize(
    "question",
    [
        "what is the capital of Australia",
        "who won the football match",
        "asdfghjkl",
        "",
        "?!",
        "🙂",
    ],
)
def test_what_no_article_answers_is_unknown(index, question):
    assert isinstance(index.find(question, "en"), Unknown)


@pytest.mark.parametrize("question", ["", "?!", "🙂", "12345", "asdfghjkl"])
def test_what_tells_of_no_language_is_not_taken_for_a_foreign_one(index, question):
    assert index.find(question, "en") == Unknown(foreign=False)


def test_a_language_we_do_not_have_is_noticed(index):
    assert index.find("zxqv wkjf qqzz", "en") == Unknown(foreign=True)


def test_half_a_match_is_a_choice(index):
    found = index.find("can I rent a car", "en")
    assert isinstance(found, Choices)
    assert found.hits[0].slug == "housing"


def test_hits_come_best_first_and_not_more_than_asked_for(index):
    hits = index.rank("bank account or housing queue or swedish", "en", limit=2)
    assert len(hits) == 2
    assert 1 > hits[0].score >= hits[1].score > 0


def test_scores_are_judged_by_two_thresholds(index):
    weights = Weights()
    sure = Hit("a", "en", weights.answer)
    likely = Hit("b", "en", weights.choice)
    unlikely = Hit("c", "en", weights.choice - 0.01)
    assert index.judge((sure, likely, unlikely)) == Answer((sure, likely))
    assert index.judge((likely, unlikely)) == Choices((likely,))
    assert index.judge((unlikely,)) == Unknown()
    assert index.judge(()) == Unknown()


def test_the_score_of_what_is_found_entirely_is_near_one():
    weights = Weights()
    assert weights.score(1.0, "sv") > 0.99
    assert weights.score(0.0, "sv") < 0.15


def test_weights_can_be_changed():
    strict = Index.build(DOCUMENTS, replace(Weights(), answer=0.999))
    assert isinstance(strict.find("How do I open a bank account?", "en"), Choices)


def test_an_empty_index_knows_nothing():
    assert Index.build(()).find("bank", "en") == Unknown()


@settings(max_examples=50)
@given(st.text(), st.sampled_from(["en", "ar", "ti"]))
def test_any_text_may_be_asked(index, text, language):
    for hit in index.rank(text, language, limit=5):
        assert 0 < hit.score < 1
