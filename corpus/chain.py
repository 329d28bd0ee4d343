"""The file to read first: what happens to a page, in order.

    read -> validate -> segment -> assemble -> annotate -> cluster | split -> write -> card -> publish

Everything between `validate` and the bar is in `stages`: pure functions from an Arrow record batch to an Arrow
record batch, without state, clock or chance, so that they run in a loop, in threads or in any engine that maps
batches, with the same result. Behind the bar stand the two stages that need the whole corpus at once: `cluster`
finds near-duplicates and reused text, `split` keeps each group of them on one side. They see no text, only the
signatures that the last stage before the bar made of every page.

`corpus.version.export` drives the whole way; it alone touches the disk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import TypeAlias

import pyarrow as pa

from corpus.annotate.annotate import annotate
from corpus.assemble.assemble import assemble
from corpus.assemble.training_text import training_text
from corpus.groups.signature import sign
from corpus.identify import identify
from corpus.mask import mask_personal_data
from corpus.zones.segment import segment

Stage: TypeAlias = Callable[[pa.RecordBatch], pa.RecordBatch]


@dataclass(frozen=True)
class Options:
    """What changes the content of a version; the manifest records all of it.

    Attributes:
        mask_personal_data: replace personal data by blocks of the same length before anything else.
        normalize_off: names of normalisation rules that are switched off.
        shares: percent of groups in train, validation and test, where the split is a hash of the group.
        cutoff: first day of validation and of test, where the split is by time of publication; else empty.
    """

    mask_personal_data: bool = False
    normalize_off: tuple[str, ...] = ()
    shares: tuple[int, int, int] = (90, 5, 5)
    cutoff: tuple[str, ...] = ()


def stages(options: Options) -> tuple[Stage, ...]:
    """The stages of a page, in order."""
    return (
        *((mask_personal_data,) if options.mask_personal_data else ()),
        identify,
        segment,
        assemble,
        annotate,
        partial(training_text, off=options.normalize_off),
        sign,
    )


def process(batch: pa.RecordBatch, options: Options) -> pa.RecordBatch:
    """Send a batch of records (`corpus.read.batches.RECORDS`) through all stages."""
    return reduce(lambda done, stage: stage(done), stages(options), batch)
