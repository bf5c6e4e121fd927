"""JSON Schema of a paper, under an edition: what other systems and the pages are told about every field."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ketuan.forms.fields import Kind
from ketuan.forms.paper import PRINTED, Edition, Node, model_of, paper


def json_schema(model: type[BaseModel], edition: Edition = PRINTED) -> dict[str, Any]:
    """Schema of the JSON of the check contract; limits and choices are those of ``edition``.

    ``x-ketuan`` carries what JSON Schema has no word for: label, hint, 字 limit, unit, section, required on paper.
    """
    schema = model.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    tree = paper(model, edition)

    def apply(nodes: tuple[Node, ...], owner: type[BaseModel]) -> None:
        properties = (schema if owner is model else schema["$defs"][owner.__name__])["properties"]
        for node in nodes:
            shown, spec = properties[node.name], node.spec
            shown["title"] = spec.heading
            if spec.hint:
                shown["description"] = spec.hint
            if spec.limit is not None:
                shown["x-ketuan"]["limit"] = spec.limit
            if spec.limit is not None and node.kind is Kind.TABLE:
                shown["maxItems"] = spec.limit
            if spec.choices:
                shown["x-ketuan"]["choices"] = list(spec.choices)
                shown["items"] = {"enum": list(spec.choices)}
            if node.children:
                apply(node.children, model_of(owner.model_fields[node.name].annotation))

    apply(tuple(tree.tops()), model)
    return schema
