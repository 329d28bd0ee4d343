"""The YAML head of the card: what the Hub and `load_dataset` read."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from corpus.card.collection import Collection
from corpus.card.figures import total
from corpus.card.words import TAGS, licence, pretty_name
from corpus.schema import CONFIGS, SPLITS, arrow_schema

DEFAULT = "articles"
TASKS = ("text-generation", "token-classification", "summarization")
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


def head(counted: Mapping[str, Any], known: Collection) -> str:
    """The YAML head; its `configs` alone drive `load_dataset`, a config or split without rows is not in it."""
    import yaml

    rows = counted["rows"]
    first = DEFAULT if rows[DEFAULT] else next((config for config in CONFIGS if rows[config]), DEFAULT)
    said = {
        "pretty_name": pretty_name(known),
        "language": ["ur"],
        "license": licence(counted).hub,
        "annotations_creators": ["machine-generated"],
        "multilinguality": ["monolingual"],
        "size_categories": [_size(total(rows[first]))],
        "task_categories": list(TASKS),
        "tags": list(TAGS),
        "configs": [_config(config, rows[config], default=config == first) for config in CONFIGS if rows[config]],
        "dataset_info": [
            {"config_name": config, "features": features(arrow_schema(config))} for config in CONFIGS if rows[config]
        ],
    }
    if said["license"] == "other":
        said["license_name"] = "per-record"
    written: str = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=1000)
    return written


def _config(name: str, rows: Mapping[str, int], *, default: bool) -> dict[str, Any]:
    files = [{"split": split, "path": f"{name}/{split}-*.parquet"} for split in SPLITS if split in rows]
    return {"config_name": name, **({"default": True} if default else {}), "data_files": files}


def features(fields: Iterable[pa.Field]) -> list[dict[str, Any]]:
    """Arrow fields as the Hub's YAML writes features.

    `sequence` for a list of scalars and `list` for a list of structs: the one spelling in which both datasets 3.6 and 5
    read features that equal those of the files.
    """
    return [{"name": field.name, **_feature(field.type)} for field in fields]


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_struct(kind):
        return {"struct": features(kind)}
    if pa.types.is_list(kind):
        below = _feature(kind.value_type)
        return {"list": below["struct"]} if "struct" in below else {"sequence": below["dtype"]}
    return {"dtype": "float64" if pa.types.is_float64(kind) else str(kind)}


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "10M<n<100M")
