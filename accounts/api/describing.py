"""The description of the API, OpenAPI 3.1, from what its doors declare. drf-spectacular writes it."""

from __future__ import annotations

import re
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from accounts.api.messages import messages, signed
from accounts.api.problem_types import PROBLEM
from accounts.api.shapes import Schema
from accounts.api.wording import BEGIN, HEADERS, TAGS, parameter_words, place_words, summary_of, tag_of

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
WHO_ASKS: Schema = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "tl_…",
        "description": "A token of one member in one workspace, made on the page *API tokens* or on the command line.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "Who is signed in in this browser. Who is in several workspaces says which one is meant by the header "
        "`Touchline-Workspace: <slug>`.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "What the cookie `csrftoken` holds. With a session, whatever writes needs it.",
    },
}
KEY: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}


class Description(AutoSchema):
    """Reads what an ApiView declares."""

    view: Any

    def get_operation_id(self) -> str:
        steps = [step for step in self.steps.split("/") if not step.startswith("{")]
        one = "_one" if self.path.endswith("}") else ""
        return re.sub(r"\W", "_", f"{MANY[self.method]}_{'_'.join(steps)}{one}")

    def get_tags(self) -> list[str]:
        return [tag_of(self.steps)]

    @property
    def steps(self) -> str:
        return self.path.removeprefix("/api/v1/")

    def get_summary(self) -> str:
        return summary_of(self.method, self.steps, is_list=self.method == "GET" and bool(getattr(self.view, "orders", None)))

    def get_description(self) -> str:  # type: ignore[override]
        method = getattr(self.view, self.method.lower(), None)
        said = [type(self.view).__doc__, vars(type(self.view)).get(self.method.lower(), method).__doc__]
        return "\n\n".join(dict.fromkeys(" ".join(one.split()) for one in said if one))

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"token": []}, {"session": []} if self.method in SAFE else {"session": [], "csrf": []}]

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

    def _parameter(self, name: str, schema: Schema, place: Literal["query", "header"]) -> OpenApiParameter:
        said = {key: value for key, value in schema.items() if key not in ("description", "required")}
        words = parameter_words(self.steps, name, schema.get("description", ""))
        return OpenApiParameter(name, said, place, required=schema.get("required") is True, description=words)

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        found: list[Schema] = super()._resolve_path_parameters(variables)
        return [{**one, "description": place_words(self.steps, one["name"])} for one in found]

    def _get_response_headers_for_code(self, status_code: str, direction: str = "response") -> Schema:
        return {name: {"$ref": f"#/components/headers/{name}"} for name in self._headers_told(int(status_code))}

    def _headers_told(self, status: int) -> list[str]:
        """Those of which it can be said when they are there."""
        found = ["RateLimit", "RateLimit-Policy"] if status != 401 else ["WWW-Authenticate"]
        if status == 201:
            found += ["Location", "ETag"]
        elif status in (200, 304) and {"If-Match", "If-None-Match"} & self.view.headers_taken.get(self.method, {}).keys():
            found.append("ETag")
        if status == 412 and "If-Match" in self.view.headers_taken.get(self.method, {}):
            found.append("ETag")
        if status in (409, 429):
            found.append("Retry-After")
        if self.method == "POST" and status < 300:
            found.append("Idempotency-Replayed")
        return found

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


def made_whole(result: Schema, **_: Any) -> Schema:
    """With what belongs to no single door. What has a title is written once, among the components, and referred to from where it
    stands."""
    result["info"]["description"] = BEGIN
    result["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
    result["components"] |= {"headers": HEADERS, "securitySchemes": WHO_ASKS, "parameters": signed()}
    result["webhooks"] = messages()
    schemas = result["components"].setdefault("schemas", {})
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
