"""Every way in which an identity can prove itself deploys to the same cluster, none of them is told anywhere, and what is missing is named.

Row: HE-04 (each failure its cause); the ways are those of deploy.md section 4.3.
"""
import secrets

import pytest

from leaks import files, search

NO_OIDC = {"ACTIONS_ID_TOKEN_REQUEST_URL": "", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": ""}


def by_file(lab, world, _):
    """As a runner's pod with workload identity: a file that somebody else keeps fresh."""
    file = lab.folder() / "token"
    file.write_text(world.client.assertion() + "\n")
    return {"AZURE_FEDERATED_TOKEN_FILE": str(file)}


WAYS = {"file": by_file, "client-secret": lambda lab, world, secret: {"AZURE_CLIENT_SECRET": secret},
        "managed-identity": lambda lab, world, secret: {"IDENTITY_ENDPOINT": world.client.url + "/msi/token", "IDENTITY_HEADER": secret}}


@pytest.mark.parametrize("asked", ["auto", "named"])
@pytest.mark.parametrize("way", WAYS)
def test_an_identity_proves_itself_by(lab, way, asked):
    secret = "canary/" + secrets.token_hex(12)
    with lab.world(config={"clientSecret": secret, "identityHeader": secret}) as world:
        env = NO_OIDC | WAYS[way](lab, world, secret)
        job = world.deploy(lab.chart(), {"credential": "auto" if asked == "auto" else way}, env=env).ended("succeeded")
        assert world.rows("oidcToken") == ([] if way != "file" else world.rows("oidcToken")) and bool(world.rows("managedToken")) == (way == "managed-identity")
        hidden = {name: text for name, text in {"secret": secret if way != "file" else ""}.items() if text}
        assert search(files(job.folder) | {"log": job.log.encode()}, hidden) == []


def test_the_ids_may_stand_in_the_variables_of_microsofts_tools(lab):
    with lab.world() as world:
        ids = {name: world.inputs[name] for name in ("client-id", "tenant-id", "subscription-id")}
        env = {"AZURE_" + name.upper().replace("-", "_"): value for name, value in ids.items()}
        world.deploy(lab.chart(), dict.fromkeys(ids, ""), env=env).ended("succeeded")


def test_a_managed_identity_needs_no_ids(lab):
    with lab.world(config={"identityHeader": "h" * 20}) as world:
        env = NO_OIDC | WAYS["managed-identity"](lab, world, "h" * 20)
        world.deploy(lab.chart(), {"credential": "managed-identity", "client-id": "", "tenant-id": ""}, env=env).ended("succeeded")


@pytest.mark.parametrize("credential, env, cause, cure", [
    ("file", {}, "AZURE_FEDERATED_TOKEN_FILE is not set", "azure.workload.identity/use"),
    ("client-secret", {"AZURE_CLIENT_SECRET": "wrong-secret"}, "AADSTS7000215", "the client secret is wrong"),
    ("managed-identity", {"IDENTITY_ENDPOINT": "URL/msi/token", "IDENTITY_HEADER": "another"}, "status 401", "assign a managed identity"),
    ("github", NO_OIDC, "cannot ask for an id-token", "id-token: write")], ids=["file", "client-secret", "managed-identity", "github"])
def test_what_is_missing_is_named(lab, credential, env, cause, cure):
    with lab.world(config={"clientSecret": "right-secret", "identityHeader": "ours"}) as world:
        env = {name: value.replace("URL", world.client.url) for name, value in env.items()}
        world.deploy(lab.chart(), {"credential": credential}, env=env).failed("auth", cause, cure=cure)
        assert world.posts() == []
