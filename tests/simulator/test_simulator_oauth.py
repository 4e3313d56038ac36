"""The identity provider: codes, tokens, refresh, rights."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from simulator_support import SELLER, Client

CALLBACK = "https://localhost/callback"


@pytest.fixture
def app(sim):
    sim.add_client("app", "hush", [CALLBACK])
    return sim


def authorize(sim, **params):
    query = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "token_content_type": "jwt",
        "state": "s 1&2",
        **params,
    }
    return requests.get(sim.oauth_url + "/authorize", params=query, allow_redirects=False, timeout=20)


def returned(answer) -> dict:
    assert answer.status_code == 302 and answer.headers["Location"].startswith(CALLBACK + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def token(sim, auth=("app", "hush"), **form):
    return requests.post(sim.oauth_url + "/token", data=form, auth=auth, timeout=20)


def exchange(sim, code, **form):
    return token(
        sim,
        **{
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "token_content_type": "jwt",
            **form,
        },
    )


def code(sim):
    return returned(authorize(sim, certificate="director"))["code"]


def test_page_offers_certificates(app):
    page = authorize(app)
    assert page.status_code == 200 and "director" in page.text and SELLER in page.text
    assert "certificate=director" in page.text


def test_code_then_tokens_that_work(app):
    back = returned(authorize(app, certificate="director"))
    assert back["state"] == "s 1&2" and set(back) == {"code", "state"}
    answer = exchange(app, back["code"]).json()
    assert answer["token_type"] == "Bearer" and answer["expires_in"] == 7776000
    header, payload, _signature = answer["access_token"].split(".")
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {
        "alg": "RS512",
        "typ": "JWT",
        "kid": "anaf_2023_2024",
    }
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims["exp"] - claims["iat"] == 7776000 and claims["clientappid"] == "app" and "EFACTURA" in claims["role"]
    assert Client(app, answer["access_token"]).send()
    hello = requests.get(
        app.url + "/TestOauth/jaxrs/hello",
        params={"name": "X"},
        timeout=20,
        headers={"Authorization": "Bearer " + answer["access_token"]},
    )
    assert hello.text.startswith('Hello, "X"') and claims["serial"] in hello.text


def test_denied(app):
    for name in ("-", "nobody"):
        assert returned(authorize(app, certificate=name)) == {"error": "access_denied", "state": "s 1&2"}


def test_redirect_is_compared_exactly(app):
    assert authorize(app, redirect_uri=CALLBACK + "/", certificate="director").status_code == 400
    assert authorize(app, client_id="other", certificate="director").status_code == 400
    app.settings.any_redirect = True
    assert authorize(app, redirect_uri=CALLBACK + "/", certificate="director").status_code == 302


def test_code_lives_a_minute_and_serves_once(app):
    value = code(app)
    assert exchange(app, value).status_code == 200
    assert exchange(app, value).json()["error"] == "invalid_request"
    value = code(app)
    app.advance(61)
    answer = exchange(app, value)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert exchange(app, code(app), redirect_uri="https://localhost/other").status_code == 400


def test_client_in_header_or_body(app):
    assert exchange(app, code(app), auth=None, client_id="app", client_secret="hush").status_code == 200
    for answer in (exchange(app, code(app), auth=("app", "wrong")), exchange(app, code(app), auth=None)):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_refresh_rotates(app):
    first = exchange(app, code(app)).json()
    second = token(app, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"] and second["access_token"] != first["access_token"]
    again = token(app, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again.status_code == 400 and "Refresh Token status is expired" in again.text
    app.settings.refresh_rotation = False
    for _ in range(2):
        assert token(app, grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 200
    app.advance(days=366)
    assert token(app, grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 400


def test_bad_and_expired_tokens_are_401(app):
    pair = app.issue_tokens("director", access_days=1)
    client = Client(app, pair["access_token"])
    assert client.get("stareMesaj", id_incarcare=1).status_code == 200
    assert Client(app, pair["refresh_token"]).get("stareMesaj", id_incarcare=1).status_code == 401
    app.advance(days=1)
    assert client.get("stareMesaj", id_incarcare=1).status_code == 401
    assert requests.get(app.url + "/prod/FCTEL/rest/stareMesaj", timeout=20).status_code == 401


def test_revoked(app, client):
    app.revoke(client.session.headers["Authorization"].split()[1])
    assert client.upload().status_code == 401


def test_token_of_an_earlier_run(app):
    from anaf_simulator import Simulator

    pair = app.issue_tokens("director")
    with Simulator() as later:
        later.add_certificate("director", ["*"])
        client = Client(later, pair["access_token"])
        assert client.get("stareMesaj", id_incarcare=1).status_code == 401
        later.settings.trust_any_token = True
        assert client.get("stareMesaj", id_incarcare=1).status_code == 200
        form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
        auth = ("simulator-client", "simulator-secret")
        assert token(later, auth, **form).status_code == 200
        assert token(later, auth, **form).status_code == 400  # used up


def test_unknown_paths(app, client):
    wall = requests.get(app.oauth_url + "/revoke", allow_redirects=False, timeout=20)
    assert (wall.status_code, wall.headers["Location"]) == (302, "/my.policy")
    for path in ("/upload", "/prod/upload", "/test/FCTEL/rest/nothing"):
        assert client.session.get(app.url + path, timeout=20).status_code == 403
