# A client in another language, with nothing but its standard library: IMDS gives the token, the vault takes it.
import json, os, urllib.parse, urllib.request

def get(url, headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return json.load(answer)

query = urllib.parse.urlencode({
    "api-version": "2018-02-01",
    "resource": "https://vault.azure.net",
    "client_id": os.environ["AZURE_CLIENT_ID"],
})
token = get("http://169.254.169.254/metadata/identity/oauth2/token?" + query, {"Metadata": "true"})
secret = get(
    os.environ["KEY_VAULT_URL"] + "secrets/demo?api-version=7.4",
    {"Authorization": "Bearer " + token["access_token"]},
)
print(json.dumps({"name": secret["id"].split("/")[4], "length": len(secret["value"])}))
