"""What counts how much in a search, and from which measurement each number comes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Weights:
    """The numbers of the search, in one place, the same for every language.

    "OMoS" is OMoS-QA, one index for each city, in five languages: learnt on train, checked on dev,
    where the right page is first for 70.1 % of the questions and for 68.3 % of those with two
    misspelt words. "Ours" is the shipped articles in three languages, each question asked of an
    index that has all questions but this one: 80.8 %. Differences below 1 are chance.
    ``make bench`` prints these figures, ``make learn`` what is learnt.
    """

    # How often a word counts that stands in a title, question, keyword or opening; 1 in a section.
    # OMoS: titles 1 to 3 are equal. Ours: keywords 1 is -1.0; questions 2 is -3.2, as what was
    # asked before is not what is asked next.
    title: float = 2.0
    questions: float = 1.0
    keywords: float = 2.0
    opening: float = 1.0

    # k1 and b of BM25. OMoS: b 0 is -2.4, k1 1.2 and 2 are equal. Ours: k1 1.2 is -1.8.
    saturation: float = 1.6
    length: float = 0.75

    # How much more every question asks for than it says, in rare words. OMoS: how well scores tell
    # right first hits from those for questions out of scope, as AUROC, is .993; with 2 it is .990.
    doubt: float = 3.0

    # What a question word ("how", "can", "I") counts for. 1 is -1.3 on OMoS and -2.1 on ours; this
    # is as good as a weight for each word that was learnt from train questions.
    asking: float = 0.25

    # The parts of the six rankings, learnt on OMoS train, spelt right and wrong: those that make
    # the right page most likely (tests/search/learn.py). Dev: without lines -1.5 spelt right.
    words: float = 0.204
    grams: float = 0.367
    phrase_words: float = 0.076
    phrase_grams: float = 0.142
    line_words: float = 0.078
    line_grams: float = 0.133

    # How likely the first hit is to be right: a logistic curve fitted to OMoS train, ours and the
    # out-of-scope lines together.
    slope: float = 20.8
    offset: float = -2.22

    # The shares that right first hits have in a language, beside the mean of all: where words take
    # many forms a question finds less of itself. The tenth lowest of a hundred, ours misspelt.
    # Dari is a little higher: with 1.04 six of a hundred fresh questions are answered wrongly.
    usual: Mapping[str, float] = field(
        default_factory=lambda: {
            "ar": 0.79,
            "en": 1.12,
            "fa_AF": 1.08,
            "ru": 1.01,
            "so": 1.02,
            "sv": 1.10,
            "ti": 0.89,
            "uk": 1.02,
        }
    )

    # The least likelihood of an article that an editor has named with these very words, when no
    # other one is named so. Not learnt: that is what her words are for.
    named: float = 0.99

    # How much better the odds of an answer must be than those of the next hit. Ours: without it
    # 98 % of the right first hits are answered with and 8 % of all answers are wrong; with it 92 %
    # and 4 %. Who is not answered is asked which of three she means.
    lead: float = 1.42

    # The least part of a question, in letters, that is known from one of our languages: less, and
    # it is in none of them. German and French questions of OMoS have .45 at most in any of ours.
    familiar: float = 0.3

    # Scores from which we answer, and from which we offer a choice. OMoS dev: we answer with 94 %
    # of the first hits that are right, and 2 % of what is out of scope. From .61 on it would be
    # 90 % and 0.9 %.
    answer: float = 0.54
    choice: float = 0.25

    @property
    def parts(self) -> tuple[float, ...]:
        """What each ranking of a shelf counts, in their order."""
        return (
            *(self.words, self.grams),
            *(self.phrase_words, self.phrase_grams),
            *(self.line_words, self.line_grams),
        )

    def score(self, share: float, language: str) -> float:
        """How likely it is, 0..1, that a document with this share of a question answers it."""
        beside = share / self.usual.get(language, 1.0)
        return 1 / (1 + math.exp(-self.slope * beside - self.offset))
