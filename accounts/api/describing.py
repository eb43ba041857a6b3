"""The description of the API, OpenAPI 3.1, from what its doors declare. drf-spectacular writes it."""

from __future__ import annotations

import re
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from accounts.api.problem_types import PROBLEM
from accounts.api.shapes import Schema

SAFE = ("GET", "HEAD", "OPTIONS")
#: what each refusal is about, in a word
REFUSED = {
    400: "The request cannot be read, or a parameter makes no sense",
    401: "Nobody is signed in, or the token opens nothing",
    403: "The token, or its member, may not do that",
    404: "There is no such thing, or it is somebody else's",
    406: "Answers are JSON",
    409: "It is being done, or others are at it just now",
    410: "The cursor is too old",
    411: "How long the body is must be said",
    412: "Somebody has changed it since",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "Something in the request is not right; “errors” says where",
    428: "It must be said what was changed",
    429: "Too many requests; Retry-After says how long to wait",
}
ALWAYS = (400, 401, 403, 406, 429)
WITH_BODY = (409, 411, 413, 415, 422)
MANY = {"GET": "read", "POST": "make", "PUT": "put", "PATCH": "change", "DELETE": "delete"}
KEY: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}


class Description(AutoSchema):
    """Reads what an ApiView declares."""

    view: Any

    def get_operation_id(self) -> str:
        steps = [step for step in self.path.removeprefix("/api/v1/").split("/") if not step.startswith("{")]
        one = "_one" if self.path.endswith("}") else ""
        return re.sub(r"\W", "_", f"{MANY[self.method]}_{'_'.join(steps)}{one}")

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_summary(self) -> str:
        last = [step for step in self.path.split("/") if not step.startswith("{")][-1].replace("-", " ")
        what = f"one of {last}" if self.path.endswith("}") else last
        return f"{'list' if self.method == 'GET' and getattr(self.view, 'orders', None) else MANY[self.method]} {what}"

    def get_description(self) -> str:  # type: ignore[override]
        method = getattr(self.view, self.method.lower(), None)
        said = [type(self.view).__doc__, vars(type(self.view)).get(self.method.lower(), method).__doc__]
        return "\n\n".join(dict.fromkeys(" ".join(one.split()) for one in said if one))

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"token": []}]

    def get_request_serializer(self) -> Any:
        found = self.view.bodies.get(self.method)
        return {"application/json": found} if isinstance(found, dict) else found

    def _get_request_body(self, direction: str = "request") -> Schema | None:
        found: Schema | None = super()._get_request_body(direction)
        if found:
            found["required"] = self.method not in self.view.may_say_nothing
        return found

    def get_override_parameters(self) -> list[Any]:
        found = [self._parameter(name, schema, "query") for name, schema in self.view.parameters(self.method).items()]
        headers = dict(self.view.headers_taken.get(self.method, {}))
        if self.method == "POST":
            headers["Idempotency-Key"] = KEY
        return found + [self._parameter(name, schema, "header") for name, schema in headers.items()]

    @staticmethod
    def _parameter(name: str, schema: Schema, place: Literal["query", "header"]) -> OpenApiParameter:
        said = {key: value for key, value in schema.items() if key not in ("description", "required")}
        description, required = schema.get("description", ""), schema.get("required") is True
        return OpenApiParameter(name, said, place, required=required, description=description)

    def get_response_serializers(self) -> Any:
        view, method = self.view, self.method
        found: dict[Any, Any] = {}
        for status, schema in (view.answer_schema(method), *view.also_answers.get(method, {}).items()):
            said = "Not changed since" if status == 304 else "Done" if schema else "Done; no body"
            key = (str(status), "application/json") if schema else str(status)
            found[key] = OpenApiResponse(response=schema, description=said)
        refused = {*ALWAYS, *view.refusals.get(method, ())}
        refused |= {404} if "{" in self.path else set()
        refused |= set(WITH_BODY) if method == "POST" or method in view.bodies else {411, 413}
        for code in sorted(refused):
            found[str(code), "application/problem+json"] = OpenApiResponse(response=PROBLEM, description=REFUSED[code])
        return found


def as_components(result: Schema, **_: Any) -> Schema:
    """What has a title is written once, among the components, and referred to from where it stands."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for operations in result["paths"].values():
        for operation in operations.values():
            for place in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in place.get("content", {}).values():
                    content["schema"] = _set_apart(content["schema"], schemas)
    return result


def _set_apart(schema: Schema, schemas: Schema) -> Schema:
    if "title" not in schema:
        return schema
    name = "".join(re.findall(r"[A-Z]?[a-z]+", schema["title"].title()))
    schemas[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}
