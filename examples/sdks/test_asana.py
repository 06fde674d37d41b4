"""Asana's Python client."""

from __future__ import annotations

import asana
import pytest
from asana.rest import ApiException

from conftest import Serve


def test_a_task_is_created_listed_read_changed_and_deleted(serve: Serve) -> None:
    configuration = asana.Configuration()
    configuration.access_token, configuration.host = "token", serve("asana.yaml") + "/api/1.0"
    tasks = asana.TasksApi(asana.ApiClient(configuration))
    project = asana.ProjectsApi(tasks.api_client).create_project({"data": {"name": "Move"}}, {})["gid"]
    made = tasks.create_task({"data": {"name": "Pack", "projects": [project]}}, {})
    assert made["name"] == "Pack"
    assert tasks.get_task(made["gid"], {})["name"] == "Pack"
    listed = tasks.get_tasks({"project": project, "limit": 50})
    assert made["gid"] in [one["gid"] for one in listed]
    assert tasks.update_task({"data": {"completed": True}}, made["gid"], {})["completed"] is True
    assert tasks.get_task(made["gid"], {})["name"] == "Pack"
    tasks.delete_task(made["gid"])
    with pytest.raises(ApiException) as refused:
        tasks.get_task(made["gid"], {})
    assert refused.value.status == 404
