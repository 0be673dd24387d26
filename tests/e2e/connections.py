"""Who may connect to what in an environment, by real connections out of the services' own pods."""
import copy
import json
import subprocess

from lab import until

STORES = {"database": 5432, "redis": 10000, "events": 5671, "lake": 443, "vault": 443}
SIGN_IN = "login.microsoftonline.com:443"
# The columns that are open to each service; all others are shut. Lake and vault share port and range: by address they are one.
OPEN = {
    "api": {"dns", "database", "redis", "auth", "data-tier", "sign-in"},
    "auth": {"dns", "database", "redis", "sign-in"},
    "data-tier": {"dns", "database", "lake", "vault", "sign-in"},
    "migrations": {"dns", "database", "sign-in"},
    "test-data-generator": {"dns", "data-tier"},
    "ingest": {"dns", "events", "sign-in"},
    "sentiment-worker": {"dns", "database", "redis", "events", "lake", "vault", "data-tier", "sign-in"},
    "stranger": set(),  # a pod that no service's policy knows
}


def columns(document):
    """column -> host:port, each a real listener."""
    hosts = {"database": document["database"]["host"], "redis": document["redis"]["host"], "lake": document["lake"]["host"],
             "events": "evhns-sentimark.servicebus.windows.net", "vault": document["vault"]["url"].split("/")[2]}
    found = {store: f"{host}:{STORES[store]}" for store, host in hosts.items()}
    return found | {"dns": "10.96.0.10:53", "auth": "auth.sentimark-web:80", "data-tier": "data-tier.sentimark-data:80", "sign-in": SIGN_IN, "internet": "203.0.113.4:80"}


class Table:
    def __init__(self, environment):
        self.environment, self.columns = environment, columns(environment.document)
        self.at = {}

    def pod(self, service):
        """namespace and name of a pod under the service's policy: its own, or where it has none one that its hooks' label makes."""
        if service not in self.at:
            namespace = "sentimark-web" if service == "stranger" else self.environment.namespace(service)
            own = self.environment.pods(service) if service != "stranger" else []
            self.at[service] = (namespace, own[0] if own else self.stand_in(namespace, service))
        return self.at[service]

    def stand_in(self, namespace, service):
        name, labels = f"probe-{service}", {} if service == "stranger" else {"app.kubernetes.io/name": "service", "app.kubernetes.io/instance": f"{service}-hook"}
        locked = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}
        self.environment.kube.kubectl("--namespace", namespace, "apply", "-f", "-", data=json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels},
            "spec": {"automountServiceAccountToken": False, "terminationGracePeriodSeconds": 0, "containers": [
                {"name": "probe", "image": self.environment.kube.env["REGISTRY"] + "/sample:1.0.0", "securityContext": locked,
                 "resources": {"requests": {"cpu": "10m", "memory": "20Mi"}}}]}}))
        self.environment.kube.kubectl("--namespace", namespace, "wait", f"pod/{name}", "--for=condition=Ready", "--timeout=60s")
        return name

    def connects(self, service, column):
        """Whether the connection comes about. Refused by a policy is told apart from anything else that goes wrong."""
        namespace, pod = self.pod(service)
        env = self.environment.kube.env
        done = subprocess.run([env["KUBECTL"], "--kubeconfig", env["KUBECONFIG"], "--namespace", namespace, "exec", pod, "--", "/sample", "connect", "tcp", self.columns[column]],
                              capture_output=True, text=True, timeout=60)
        if done.returncode == 0:
            return True
        assert "no route to host" in done.stderr or "lookup" in done.stderr, (service, column, done.stderr)
        return False

    def row(self, service, of=None):
        """The columns (of `of`, else all) that are open to a service."""
        return {column for column in sorted(of or self.columns) if self.connects(service, column)}


def leaving(policy):
    """Every policy that is this one with one allow less to connect to something, and who must notice: the service itself."""
    release = policy["metadata"]["name"]
    for number, rule in enumerate(policy["spec"].get("egress", [])):
        if rule["to"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/instance": release}}}]:
            continue  # helm test's own way
        # DNS is one allow by two protocols.
        for port in [None] if rule["ports"][0]["port"] == 53 else rule["ports"]:
            less = copy.deepcopy(policy)
            kept = less["spec"]["egress"][number]["ports"]
            kept[:] = [] if port is None else [each for each in kept if each != port]
            if not kept:
                del less["spec"]["egress"][number]
            yield release, less


def entering(policy):
    """The same of allows to be connected to; the caller must notice."""
    for number, rule in enumerate(policy["spec"].get("ingress", [])):
        for peer in rule["from"]:
            names = [name for each in peer.get("podSelector", {}).get("matchExpressions", []) for name in each["values"]]
            if names:
                less = copy.deepcopy(policy)
                less["spec"]["ingress"][number]["from"].remove(peer)
                yield names[0], less


def taken_away(table, service, variations):
    """Takes each allow of a service's policy away in turn; (who, columns that were lost) of each."""
    environment, lost = table.environment, []
    namespace = environment.namespace(service)
    for who, less in variations(environment.get(namespace, "networkpolicy", service)):
        with environment.changed(namespace, "networkpolicy", service, lambda policy, less=less: policy.update(spec=less["spec"])):
            missed = until(lambda: OPEN[who] - table.row(who, OPEN[who]), 30)
        until(lambda: table.row(who, missed) == missed, 30)
        lost.append((who, missed))
    return lost
