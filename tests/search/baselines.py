"""What well-known searches reach on the same questions: bm25s with a stemmer, and TF-IDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bm25s
import numpy as np
import Stemmer
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge.document import Document

STEMMERS = {"en": "english", "de": "german", "fr": "french", "ar": "arabic"}  # none for uk

Ranked = Callable[[str], list[str]]
"""A question to the slugs of all documents, best first."""


def bm25(documents: Sequence[Document], language: str) -> Ranked:
    """bm25s as it comes, over title and text, with the Snowball stemmer where there is one."""
    name = STEMMERS.get(language)
    stemmer = Stemmer.Stemmer(name) if name else None
    texts = [f"{document.title}\n{document.text}" for document in documents]
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(texts, stopwords=None, stemmer=stemmer, show_progress=False),
        show_progress=False,
    )

    def rank(question: str) -> list[str]:
        asked = bm25s.tokenize(
            [question], stopwords=None, stemmer=stemmer, show_progress=False, return_ids=False
        )
        found, _scores = index.retrieve(asked, k=len(documents), show_progress=False)
        return [documents[number].slug for number in found[0]]

    return rank


def tfidf(documents: Sequence[Document], _language: str) -> Ranked:
    """scikit-learn's TF-IDF over three to five characters within words."""
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    matrix = vectorizer.fit_transform(f"{d.title}\n{d.text}" for d in documents)

    def rank(question: str) -> list[str]:
        alike = (matrix @ vectorizer.transform([question]).T).toarray()[:, 0]
        return [documents[number].slug for number in np.argsort(-alike, kind="stable")]

    return rank
