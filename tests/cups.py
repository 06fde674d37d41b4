"""A small contract that the tests of `Sandbox` and of the pytest plugin serve."""

from __future__ import annotations

CUPS = """
openapi: 3.1.0
info: {title: Cups, version: "1"}
paths:
  /cups:
    get:
      operationId: listCups
      responses:
        "200":
          description: cups
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Cup'}}}}
    post:
      operationId: createCup
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Cup'}}}}
      responses:
        "201":
          description: a cup
          content: {application/json: {schema: {$ref: '#/components/schemas/Cup'}}}
  /cups/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getCup
      responses:
        "200":
          description: a cup
          content: {application/json: {schema: {$ref: '#/components/schemas/Cup'}}}
        "404": {description: none}
webhooks:
  cup.broken:
    post:
      operationId: cupBroken
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Cup'}}}}
      responses: {"201": {description: taken}}
components:
  schemas:
    Cup:
      type: object
      required: [id]
      properties: {id: {type: integer}, colour: {type: string}}
"""
