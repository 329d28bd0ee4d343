"""The Croissant 1.1 description of a version, with the responsible-AI terms; and a check of our own.

mlcroissant lets documents without name, url, creator or distribution pass, so `problems` checks what the specification
(docs/croissant-spec-1.1.md of mlcommons/croissant) requires. The `@context` is that of its Appendix 1, except that
schema.org is written with https, without which mlcroissant 1.1.1 finds no dataset. FileSets are relative to the folder
of the version and name no container, since mlcroissant reads no file set that is contained in plain files; every file
has a FileObject with its hash beside it.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from corpus.card.collection import Collection
from corpus.card.words import DESCRIPTION, TAGS, bibtex, licence, pretty_name
from corpus.schema import CONFIGS, SPLITS, resolve, row

FILE = "croissant.json"
SPEC = "http://mlcommons.org/croissant/1.1"
RAI = "http://mlcommons.org/croissant/RAI/1.0"
PARQUET = "application/x-parquet"
CONTEXT: dict[str, Any] = json.loads((Path(__file__).parent / "context.json").read_text("utf-8"))

# What stands where the specification wants something that nobody said; `problems` names each.
NO_DATE = "1970-01-01"  # SOURCE_DATE_EPOCH=0: there is no clock, and no day is better than a wrong one
NO_CREATOR = "not stated"

REQUIRED = ("name", "description", "license", "url", "creator", "datePublished", "distribution")

_TYPES = {"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean"}
_SPLITS = {"train": "cr:TrainingSplit", "validation": "cr:ValidationSplit", "test": "cr:TestSplit"}
# RAI terms and the questions of the datasheet that answer them.
_RAI = {
    "rai:dataCollection": "3.1",
    "rai:dataCollectionRawData": "4.2",
    "rai:dataCollectionMissingData": "2.6",
    "rai:dataPreprocessingProtocol": "4.1",
    "rai:dataAnnotationProtocol": "2.5",
    "rai:dataBiases": "5.4",
    "rai:dataLimitations": "2.9",
    "rai:dataUseCases": "5.3",
    "rai:dataSocialImpact": "3.11",
    "rai:personalSensitiveInformation": "2.14",
    "rai:dataReleaseMaintenancePlan": "7.4",
}


def croissant(
    manifest: Mapping[str, Any], figures: Mapping[str, Any], known: Collection, answers: Mapping[str, str]
) -> dict[str, Any]:
    """Describe a version.

    Args:
        manifest: of the version; its `files` name the Parquet files at least.
        figures: what was counted.
        known: what is known about the collection.
        answers: the datasheet's answers by number, those left open not among them.
    """
    head, configs = known.head, [config for config in CONFIGS if figures["rows"][config]]
    files = {
        config: [_file(entry) for entry in manifest["files"] if entry["path"].startswith(f"{config}/")]
        for config in configs
    }
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "dct:conformsTo": [SPEC, RAI],
        "name": manifest["name"],
        "description": " ".join([f"{pretty_name(known)}.", DESCRIPTION, head.get("note", "")]).strip(),
        "alternateName": pretty_name(known),
        "license": _licence(figures),
        "url": head.get("url", f"urn:sha256:{manifest['logical_hash']}"),
        "creator": {"@type": "sc:Organization", "name": head.get("creator", NO_CREATOR)},
        "datePublished": manifest["date"] or head.get("published", NO_DATE),
        "version": manifest["version"],
        "isLiveDataset": False,
        "inLanguage": "ur",
        "keywords": list(TAGS),
        "citeAs": bibtex(manifest, known),
        **{term: answers[number] for term, number in _RAI.items() if number in answers},
        "rai:machineAnnotationTools": f"{manifest['tool']['name']} {manifest['tool']['version']}",
        "rai:annotationsPerItem": "0",
        "distribution": [*_flat(files), *(_file_set(config) for config in configs)],
        "recordSet": [_splits(), *(_record_set(config) for config in configs)],
    }


def dumps(document: dict[str, Any]) -> str:
    """The document as it is written."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def problems(document: dict[str, Any]) -> Iterator[str]:
    """Name what the specification requires and the document lacks, or fills with a stand-in; one sentence each."""
    if document.get("@context") != CONTEXT:
        yield "@context is not that of Croissant 1.1, Appendix 1."
    if document.get("@type") != "sc:Dataset":
        yield "@type is not sc:Dataset."
    if SPEC not in _listed(document.get("dct:conformsTo")):
        yield f"dct:conformsTo does not name {SPEC}."
    for name in REQUIRED:
        if not document.get(name):
            yield f"{name} is required and missing."
    yield from _stand_ins(document)
    yield from _bad_resources(document)


def _stand_ins(document: dict[str, Any]) -> Iterator[str]:
    published = document.get("datePublished")
    if published == NO_DATE:
        yield (
            f"datePublished is {NO_DATE} because no date was given; say --date or SOURCE_DATE_EPOCH, or write "
            "`published` into COLLECTION.md beside the raw records."
        )
    elif published and not _is_date(published):
        yield f"datePublished {published!r} is no ISO 8601 date."
    if any(each.get("name", NO_CREATOR) == NO_CREATOR for each in _listed(document.get("creator"))):
        yield "creator is not stated; name it as `creator` in COLLECTION.md beside the raw records."
    if str(document.get("url", "")).startswith("urn:"):
        yield "url is only the hash of the content; give the page of the dataset as `url` in COLLECTION.md."


def _bad_resources(document: dict[str, Any]) -> Iterator[str]:
    ids = set()
    for each in document.get("distribution") or []:
        name = each.get("@id")
        ids.add(name)
        if each.get("@type") == "cr:FileObject":
            missing = [key for key in ("contentUrl", "encodingFormat", "sha256") if not each.get(key)]
        elif each.get("@type") == "cr:FileSet":
            missing = [key for key in ("encodingFormat", "includes") if not each.get(key)]
        else:
            yield f"distribution {name!r} is neither a FileObject nor a FileSet."
            continue
        yield from (f"{name}: {key} is missing." for key in missing)
    for record_set in document.get("recordSet") or []:
        for field in _leaves(record_set["field"]):
            if not field.get("dataType"):
                yield f"{field['@id']}: dataType is missing."
            source = field.get("source", {}).get("fileSet", {}).get("@id")
            if source not in ids and "data" not in record_set:
                yield f"{field['@id']}: its source {source!r} is not in the distribution."


def _leaves(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for field in fields:
        yield from _leaves(field["subField"]) if "subField" in field else [field]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _flat(files: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [file for each in files.values() for file in each]


def _is_date(said: str) -> bool:
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


def _licence(figures: Mapping[str, Any]) -> str | dict[str, str]:
    said = licence(figures)
    if said.spdx:
        return f"https://spdx.org/licenses/{said.spdx}.html"
    return {"@type": "sc:CreativeWork", "name": said.sentence}


def _file(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": entry["path"],
        "name": entry["path"],
        "contentUrl": entry["path"],
        "contentSize": f"{entry['bytes']} B",
        "encodingFormat": PARQUET,
        "sha256": entry["sha256"],
    }


def _file_set(config: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{config}-files",
        "name": f"{config}-files",
        "description": f"The Parquet files of {config}, all splits.",
        "encodingFormat": PARQUET,
        "includes": f"{config}/*.parquet",
    }


def _splits() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "Names of the splits; no group of near-duplicates or of reused text is in two of them.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            {"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"},
            {"@type": "cr:Field", "@id": "splits/url", "name": "url", "dataType": ["sc:URL", "cr:Split"]},
        ],
        "data": [{"splits/name": split, "splits/url": _SPLITS[split]} for split in SPLITS],
    }


def _record_set(config: str) -> dict[str, Any]:
    schema = row(config)
    split = {
        "@type": "cr:Field",
        "@id": f"{config}/split",
        "name": "split",
        "description": "The split that the row is in.",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": f"{config}-files"},
            "extract": {"fileProperty": "filename"},
            "transform": {"regex": f"^({'|'.join(SPLITS)})"},  # mlcroissant applies it twice: the split matches too
        },
        "references": {"field": {"@id": "splits/name"}},
    }
    keys = ("id", "rank") if config == "related" else ("id",)
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "description": schema["description"],
        "key": [{"@id": f"{config}/{key}"} for key in keys],
        "field": [split, *(_field(config, (name,), node, schema) for name, node in schema["properties"].items())],
    }


def _field(config: str, path: tuple[str, ...], node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """One column, or one member of a nested column: its path in the column is a chain of JSON path steps."""
    said, node = node.get("description"), resolve(node, schema["$defs"])
    made: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": "/".join((config, *path)),
        "name": path[-1],
        "description": said or node["description"],
    }
    kind = _kind(node)
    if kind == "array":
        made |= {"isArray": True, "arrayShape": "-1"}
        node = resolve(node["items"], schema["$defs"])
        kind = _kind(node)
    if kind == "object":
        below = node["properties"].items()
        return made | {"subField": [_field(config, (*path, name), child, schema) for name, child in below]}
    source: dict[str, Any] = {"fileSet": {"@id": f"{config}-files"}, "extract": {"column": path[0]}}
    if path[1:]:
        source["transform"] = [{"jsonPath": step} for step in path[1:]]
    return made | {"dataType": _TYPES[kind], "source": source}


def _kind(node: dict[str, Any]) -> str:
    kind = node["type"]
    return next(k for k in kind if k != "null") if isinstance(kind, list) else kind
