"""Authorise, exchange, refresh, and reading a JWT."""

import base64
import json
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from anaf_peer import response

import anaf
from anaf.oauth import in_order

TOKENS = json.dumps({"access_token": "A.A.A", "refresh_token": "R.R.R", "token_type": "Bearer", "expires_in": 1})


def endpoints(server):
    return anaf.Endpoints(oauth_url=f"{getattr(server, 'url', server)}/anaf-oauth2/v1")


def refresh(server, secret="s3cret"):
    return anaf.refresh(endpoints(server), "client", secret, "OLD-REFRESH")


def jwt(**payload):
    part = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"e30.{part}.c2ln"


def test_authorize_url():
    url = urlsplit(anaf.authorize_url(anaf.Endpoints(), "id", "https://a.ro/cb?x=1", "s t"))
    assert url.netloc + url.path == "logincert.anaf.ro/anaf-oauth2/v1/authorize"
    assert parse_qs(url.query) == {
        "response_type": ["code"],
        "client_id": ["id"],
        "redirect_uri": ["https://a.ro/cb?x=1"],
        "token_content_type": ["jwt"],
        "state": ["s t"],
    }


def test_code_becomes_tokens(serve):
    server = serve(response(TOKENS))
    tokens = anaf.exchange_code(endpoints(server), "client", "s3cret", "CODE", "https://a.ro/cb")
    assert (tokens.access, tokens.refresh) == ("A.A.A", "R.R.R")
    assert "A.A.A" not in repr(tokens) and "R.R.R" not in repr(tokens)
    (request,) = server.requests
    assert request.target == "/anaf-oauth2/v1/token"
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"client:s3cret").decode()
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["CODE"],
        "redirect_uri": ["https://a.ro/cb"],
        "token_content_type": ["jwt"],
    }


def test_without_a_secret_the_client_names_itself_in_the_body(serve):
    server = serve(response(TOKENS))
    assert refresh(server, secret="").refresh == "R.R.R"
    (request,) = server.requests
    assert "authorization" not in request.headers
    assert parse_qs(request.body.decode())["client_id"] == ["client"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (response('{"error":"invalid_client"}', 400), "invalid_client"),
        (response('{"error":"access_denied"}', 400), "access_denied"),
        (response('{"error":"invalid_request"}', 400), "invalid_request"),
        (
            response('{"error":"invalid_grant","error_description":"Refresh Token status is expired"}', 400),
            "refresh_expired",
        ),
        (response("Refresh Token status is expired", 400), "refresh_expired"),
        (response("", 401), "invalid_client"),
        (response("", 302, Location="/my.policy"), "redirected"),
        (response('{"access_token":"A.A.A","refresh_token":5}'), "incomplete_answer"),
        (response('{"hello":1}'), "oauth_error"),
    ],
)
def test_refusals(serve, answer, code):
    with pytest.raises(anaf.OAuthError) as caught:
        refresh(serve(answer))
    assert caught.value.code == code
    assert "A.A.A" not in caught.value.raw


@pytest.mark.parametrize("answer", [response("x", 500), response("<html>Mentenanta</html>"), None])
def test_no_usable_answer_is_transient(serve, answer):
    server = serve(lambda request: answer)
    with pytest.raises(anaf.Transient):
        refresh(server)
    assert len(server.requests) == 1


def test_nobody_there_is_transient(dead_port):
    with pytest.raises(anaf.Transient):
        refresh(dead_port)


def test_secrets_echoed_back_are_blanked(serve):
    server = serve(response('{"error":"invalid_request","error_description":"bad OLD-REFRESH of s3cret"}', 400))
    with pytest.raises(anaf.OAuthError) as caught:
        refresh(server)
    for text in (str(caught.value), caught.value.text, caught.value.raw):
        assert "OLD-REFRESH" not in text and "s3cret" not in text


def test_expiry_is_read_from_the_token():
    assert anaf.claims(jwt(exp=1, serial="ab")) == {"exp": 1, "serial": "ab"}
    assert anaf.expires_at(jwt(exp=1790000000)) == datetime(2026, 9, 21, 14, 13, 20, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text", ["", None, "abc", "a.b.c", "a..c", "e30.W10.x", "e30.e30.x", jwt(exp="x"), jwt(exp=1e99)]
)
def test_what_is_nojwt(text):
    with pytest.raises(anaf.OAuthError) as caught:
        anaf.expires_at(text)
    assert isinstance(caught.value, ValueError)


def test_the_token_that_says_refresh_is_the_refresh_token():
    access, refresh = jwt(token_type="Bearer", iat=0, exp=9e9), jwt(token_type="Refresh", iat=0, exp=8e9)
    assert in_order(access, refresh) == in_order(refresh, access) == (access, refresh)


def test_of_two_bearer_tokens_the_longer_life_is_the_refresh_token():
    # the access token was issued later and ends later
    access = jwt(token_type="Bearer", iat=1_000_000_000, exp=1_000_000_000 + 90 * 86400)
    refresh = jwt(token_type="Bearer", iat=970_000_000, exp=970_000_000 + 365 * 86400)
    assert in_order(access, refresh) == in_order(refresh, access) == (access, refresh)
    access, refresh = jwt(exp=1_800_000_000), jwt(exp=1_900_000_000)
    assert in_order(refresh, access) == (access, refresh)


def test_two_refresh_tokens_are_no_pair():
    refresh = jwt(token_type="Refresh", exp=9e9)
    with pytest.raises(anaf.OAuthError) as caught:
        in_order(refresh, refresh)
    assert caught.value.code == "two_refresh_tokens"
