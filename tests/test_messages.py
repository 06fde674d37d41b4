"""Answers as values and as bytes."""

from understudy.messages import NOTHING, Response


def test_an_answer_of_bytes_decodes_for_who_asks_and_is_a_value_from_then_on() -> None:
    response = Response.of_json(200, b'{"id":1}')
    assert response.has_body
    response.body["id"] = 2
    assert response.body == {"id": 2}
    assert response.data is None


def test_to_peek_at_an_answer_leaves_its_bytes() -> None:
    response = Response.of_json(200, b'{"id":1}')
    assert response.peek() == {"id": 1}
    assert response.data == b'{"id":1}'


def test_an_answer_of_bytes_equals_the_same_answer_of_values() -> None:
    assert Response.of_json(200, b'{"id":1}', {"ETag": '"a"'}) == Response(200, {"id": 1}, {"ETag": '"a"'})
    assert Response.of_json(200, b'{"id":1}') != Response(200, {"id": 2})


def test_an_answer_without_a_body_has_none() -> None:
    response = Response(204)
    assert not response.has_body
    assert response.body is NOTHING
    assert response.stream is None
