"""Finds what looks like a secret, and what only the stacks may say, in text that people write by hand."""
import re

# Each with an example that the tests plant; the examples are put together here so that no scanner takes them for real ones.
SECRETS = {
    "private key": (r"-----BEGIN [A-Z ]*PRIVATE KEY-----", "-----BEGIN RSA " + "PRIVATE KEY-----"),
    "storage or bus key": (r"(?i)(AccountKey|SharedAccessKey|SharedAccessSignature)\s*=", "AccountKey" + "=Zm9vYmFyZm9vYmFy"),
    "signed address": (r"[?&]sig=[A-Za-z0-9%+/=]{20,}", "https://x/?sv=1&sig=" + "QUJDREVGR0hJSktMTU5PUA%3D%3D"),
    "GitHub token": (r"\b(ghp|gho|ghs|ghr|github_pat)_[A-Za-z0-9_]{20,}", "ghp_" + "A1b2" * 9),
    "JSON web token": (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.", "eyJ" + "hbGciOiJub25lIn0.eyJhIjoiYiJ9" + "MTIz."),
    "password beside its name": (r"(?i)\b(password|passwd|pwd|secret|client_secret|api_?key|token)\b\"?\s*[:=]\s*\"?[^\s\"'${}\[\]]{6,}", "password: " + "hunter2hunter2"),
    "password in an address": (r"://[^\s/:@]+:[^\s/@$]+@", "postgres://sentimark:" + "hunter2@db"),
    "long random text": (r"(?<![A-Za-z0-9+/=_-])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[0-9])[A-Za-z0-9+/]{32,}={0,2}", "key " + "Zk9tQ3JhTnVtQmVyMTIzNDU2Nzg5MGFiY2RlZg=="),
}
# Values hold no client id, vault, host or registry: the stack outputs do.
LITERALS = {
    "id": (r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "aaaaaaaa-0000-4000-8000-000000000001"),
    "host of Azure": (r"(?i)\b[a-z0-9-]+\.(azurecr\.io|vault\.azure\.net|[a-z.]*azure\.(com|net)|[a-z.]*windows\.net)\b", "kv-x.vault.azure.net"),
    "registry": (r"(?im)^\s*(repository|registry):\s*[\"']?(?!\$\{registry\.host\})[^\s#]", "repository: ghcr.io/x/y"),
    "address": (r"(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?![\d.])", "10.0.0.4"),
    "public host": (r"(?i)https?://(?![a-z0-9-]+(\.sentimark-[a-z]+)?(:\d+)?(/|\s|$|\"))[^\s$]+", "https://api.example.com/"),
}


def findings(text, patterns):
    """(line number, kind) of each hit."""
    return [(text.count("\n", 0, match.start()) + 1, kind) for kind, (pattern, _) in patterns.items() for match in re.finditer(pattern, text, re.MULTILINE)]
