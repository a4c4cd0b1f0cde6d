#!/usr/bin/env python3
"""Reads a secret of Key Vault as the machine that this runs on, and says what the secret is, never its value.

Environment: VAULT_URL and SECRET_NAME say which secret, AZURE_CLIENT_ID (or nothing) which of the machine's
identities, WAIT_SECONDS (600) how long a grant may take to be heeded. Exit code 0: the secret was read.
Only the standard library, so that nothing has to be installed.
"""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

TOKEN_ENDPOINT = "http://169.254.169.254/metadata/identity/oauth2/token"
LONGEST_PAUSE_SECONDS = 30


class Refused(Exception):
    """A refusal in the words of who refuses; `passing` if the same call may be let through later."""

    def __init__(self, words, passing, pause=0):
        super().__init__(" ".join(words.split()))
        self.passing = passing
        self.pause = pause


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes to the vault that is named and nowhere else."""

    def redirect_request(self, *_):
        return None


browser = urllib.request.build_opener(NoRedirects)


def say(text):
    print(text, flush=True)


def get(who, url, headers, explain):
    request = urllib.request.Request(url, headers=headers)
    try:
        with browser.open(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        code, message, passing = explain(error.code, read_json(error))
        pause = error.headers.get("Retry-After", "")
        raise Refused(
            f"{who} refuses: {error.code} {code}: {message}", passing, int(pause) if pause.isdigit() else 0
        ) from None
    except (OSError, ValueError) as error:
        raise Refused(f"{who} gives no answer: {error}", passing=True) from None


def read_json(answer):
    try:
        return member({"body": json.load(answer)}, "body")
    except (OSError, ValueError):
        return {}


def member(body, name):
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def explain_imds(status, body):
    """https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling"""
    message = body.get("error_description", "")
    return body.get("error", ""), message, status in (404, 410, 429) or status >= 500


def explain_vault(status, body):
    """https://learn.microsoft.com/azure/key-vault/general/rest-error-codes"""
    error = member(body, "error")
    code = member(error, "innererror").get("code") or error.get("code", "")
    # A role assignment is heeded only some minutes after it was made.
    return code, error.get("message", ""), code == "ForbiddenByRbac" or status == 429 or status >= 500


def get_token(vault_url, client_id):
    # kv-one.vault.azure.net takes tokens for https://vault.azure.net, and so in every cloud.
    _, _, suffix = urllib.parse.urlsplit(vault_url).hostname.partition(".")
    query = {"api-version": "2018-02-01", "resource": f"https://{suffix}"}
    if client_id:
        query["client_id"] = client_id
    url = f"{TOKEN_ENDPOINT}?{urllib.parse.urlencode(query)}"
    return get("The identity endpoint", url, {"Metadata": "true"}, explain_imds)["access_token"]


def get_secret(vault_url, name, token):
    url = urllib.parse.urljoin(vault_url, f"/secrets/{urllib.parse.quote(name)}?api-version=7.4")
    return get("Key Vault", url, {"Authorization": f"Bearer {token}"}, explain_vault)


def describe(secret):
    name, version = secret["id"].split("/")[-2:]
    state = "enabled" if secret["attributes"]["enabled"] else "disabled"
    return f"secret {name}, version {version}, content type {secret.get('contentType', 'none')}, {state}"


def main(environment):
    vault_url, name = environment["VAULT_URL"], environment["SECRET_NAME"]
    client_id = environment.get("AZURE_CLIENT_ID")
    ends = time.monotonic() + float(environment.get("WAIT_SECONDS", "600"))
    token, pause = None, 1
    while True:
        try:
            token = token or get_token(vault_url, client_id)
            say(f"Read {describe(get_secret(vault_url, name, token))} from {vault_url}")
            return 0
        except Refused as refusal:
            wait = max(pause, refusal.pause)
            if not refusal.passing or time.monotonic() + wait > ends:
                say(f"Gave up. {refusal}")
                return 1
            say(f"{refusal} Next try in {wait} s.")
        time.sleep(wait)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


if __name__ == "__main__":
    if not os.environ["VAULT_URL"].startswith("https://"):
        sys.exit("VAULT_URL must be an https address.")
    sys.exit(main(os.environ))
