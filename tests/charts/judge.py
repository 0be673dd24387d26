"""Our own rules over rendered objects. Each finding names its rule, the object and what is wrong; a good cluster has none."""
import re

from rendering import containers_of, pod_of

POD_KEYS = {"fsGroup", "fsGroupChangePolicy", "supplementalGroups", "seccompProfile", "sysctls"}
SPOT = "kubernetes.azure.com/scalesetpriority"
IDENTITY = "azure.workload.identity"


def millicores(text):
    return int(text[:-1]) if str(text).endswith("m") else int(float(text) * 1000)


def mebibytes(text):
    return int(text[:-2]) * {"Mi": 1, "Gi": 1024, "Ti": 1024 * 1024}[text[-2:]]


def namespace_of(document):
    return document["metadata"].get("namespace", "")


def labels_of(document):
    return (pod_of(document)["metadata"].get("labels") or {}) if pod_of(document) else {}


def matches(selector, labels):
    """A label selector: matchLabels and matchExpressions with In."""
    selector = selector or {}
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()) and \
        all(labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions") or [])


def find(documents, kind, name, namespace):
    return [each for each in documents if each["kind"] == kind and each["metadata"]["name"] == name and namespace_of(each) == namespace]


def workloads(documents):
    return [document for document in documents if pod_of(document)]


def container_rules(document):
    context = pod_of(document)["spec"].get("securityContext") or {}
    if not set(context) <= POD_KEYS or context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "pod-level-keys", f"pod securityContext {context}"
    for container in containers_of(document):
        name, own = container["name"], container.get("securityContext") or {}
        locked = own.get("runAsNonRoot") is True and own.get("runAsUser", 0) > 10000 and own.get("runAsGroup", 0) > 10000 and \
            own.get("allowPrivilegeEscalation") is False and own.get("capabilities") == {"drop": ["ALL"]} and own.get("readOnlyRootFilesystem") is True
        if not locked:
            yield "locked-container", f"{name}: {own}"
        if not re.fullmatch(r"[^@\s]+@sha256:[0-9a-f]{64}", container["image"]):
            yield "image-by-digest", f"{name}: {container['image']}"
        for kind in ("requests", "limits"):
            amounts = (container.get("resources") or {}).get(kind) or {}
            if millicores(amounts.get("cpu", "0")) < 100 or mebibytes(amounts.get("memory", "0Mi")) < 100:
                yield "stated-resources", f"{name}: {kind} {amounts}"
        for variable in container.get("env") or []:
            if (variable.get("valueFrom") or {}).get("secretKeyRef"):
                yield "secrets-as-files", f"{name}: {variable['name']}"
    if document["kind"] in ("Deployment", "StatefulSet"):
        missing = {"startupProbe", "readinessProbe", "livenessProbe"} - set(pod_of(document)["spec"]["containers"][0])
        if missing:
            yield "three-probes", f"{sorted(missing)}"
        if not pod_of(document)["spec"].get("topologySpreadConstraints"):
            yield "spread", "the pods may all stand on one node"


def scaling_rules(document, documents):
    if document["kind"] not in ("Deployment", "StatefulSet"):
        return
    name, namespace = document["metadata"]["name"], namespace_of(document)
    scalers = [each for each in documents if each["kind"] in ("HorizontalPodAutoscaler", "ScaledObject") and namespace_of(each) == namespace
               and each["spec"]["scaleTargetRef"]["name"] == name]
    if len(scalers) > 1:
        yield "one-scaler", f"{sorted(each['kind'] for each in scalers)}"
    if scalers and "replicas" in document["spec"]:
        yield "one-owner-of-replicas", f"replicas: {document['spec']['replicas']} beside a {scalers[0]['kind']}"
    floor = document["spec"].get("replicas", 1)
    for scaler in scalers:
        floor = scaler["spec"].get("minReplicas", scaler["spec"].get("minReplicaCount", 0))
    for budget in documents:
        if budget["kind"] == "PodDisruptionBudget" and namespace_of(budget) == namespace and matches(budget["spec"]["selector"], labels_of(document)):
            yield from (("drains-are-possible", what) for what in blocked(budget["spec"], floor))


def blocked(spec, pods):
    """Whether a budget keeps all of so many pods where they are. Percentages are rounded up, as the controller does."""
    def part(value):
        return -(-int(value[:-1]) * pods // 100) if isinstance(value, str) else value
    if "maxUnavailable" in spec and part(spec["maxUnavailable"]) < 1 and pods > 0:
        yield f"maxUnavailable {spec['maxUnavailable']} of {pods}"
    if "minAvailable" in spec and part(spec["minAvailable"]) >= pods > 0:
        yield f"minAvailable {spec['minAvailable']} of {pods}"


def spot_rules(document):
    spec = pod_of(document)["spec"]
    tolerates = any(each.get("key") == SPOT for each in spec.get("tolerations") or [])
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    prefers = SPOT in str(affinity.get("preferredDuringSchedulingIgnoredDuringExecution"))
    if tolerates != prefers or SPOT in str(affinity.get("requiredDuringSchedulingIgnoredDuringExecution")):
        yield "spot-with-fallback", f"tolerates {tolerates}, prefers {prefers}"
    if tolerates and spec.get("terminationGracePeriodSeconds", 30) > 30:
        yield "gone-in-30-seconds", f"{spec['terminationGracePeriodSeconds']} seconds"
    if tolerates and spec.get("priorityClassName") == "sentimark-critical":
        yield "critical-not-on-spot", "priority sentimark-critical"


def identity_rules(document, documents):
    spec, namespace = pod_of(document)["spec"], namespace_of(document)
    accounts = find(documents, "ServiceAccount", spec.get("serviceAccountName"), namespace)
    if not accounts:
        yield "own-account", f"there is no ServiceAccount {spec.get('serviceAccountName')} in {namespace}"
        return
    account = accounts[0]["metadata"].get("annotations") or {}
    if labels_of(document).get(f"{IDENTITY}/use") == "true" and not account.get(f"{IDENTITY}/client-id"):
        yield "identity-is-whole", "the pods ask for a token, the account names no identity"
    for volume in spec.get("volumes") or []:
        if "csi" not in volume:
            continue
        name = volume["csi"]["volumeAttributes"]["secretProviderClass"]
        classes = find(documents, "SecretProviderClass", name, namespace)
        if not classes:
            yield "secrets-of-this-namespace", f"there is no SecretProviderClass {name} in {namespace}"
            continue
        parameters = classes[0]["spec"]["parameters"]
        if parameters["usePodIdentity"] != "false" or parameters["clientID"] != account.get(f"{IDENTITY}/client-id") or \
                parameters["tenantId"] != account.get(f"{IDENTITY}/tenant-id") or labels_of(document).get(f"{IDENTITY}/use") != "true":
            yield "identity-is-whole", f"SecretProviderClass {name} and the account name different identities, or the pods ask for none"


def traffic_rules(document, documents):
    kind, spec, namespace = document["kind"], document.get("spec") or {}, namespace_of(document)
    servers = [each for each in workloads(documents) if namespace_of(each) == namespace and each["kind"] in ("Deployment", "StatefulSet")]
    if kind == "Service":
        hit = [each["metadata"]["name"] for each in servers if matches({"matchLabels": spec["selector"]}, labels_of(each))]
        if len(hit) != 1:
            yield "one-workload-behind-a-service", f"selects {hit}"
    if kind in ("Deployment", "StatefulSet"):
        hit = [each["metadata"]["name"] for each in workloads(documents) if namespace_of(each) == namespace and matches(spec["selector"], labels_of(each))]
        if hit != [document["metadata"]["name"]]:
            yield "selectors-apart", f"selects the pods of {hit}"
    if kind == "HTTPRoute":
        for rule in spec["rules"]:
            weights = [backend["weight"] for backend in rule["backendRefs"]]
            if sum(weights) != 100:
                yield "canary-weight", f"weights {weights}"
            for backend in rule["backendRefs"]:
                if not find(documents, "Service", backend["name"], namespace):
                    yield "route-to-a-service", f"there is no Service {backend['name']} in {namespace}"
        for parent in spec["parentRefs"]:
            if parent["kind"] == "Gateway" and not find(documents, "Gateway", parent["name"], parent["namespace"]):
                yield "route-from-a-gateway", f"there is no Gateway {parent['name']} in {parent['namespace']}"
    if pod_of(document):
        policies = [each for each in documents if each["kind"] == "NetworkPolicy" and namespace_of(each) == namespace
                    and each["metadata"]["name"] != "default-deny" and matches(each["spec"]["podSelector"], labels_of(document))]
        if not policies:
            yield "network-policy-everywhere", "no policy lets its pods even look a name up"


def access_rules(document):
    kind = document["kind"]
    if kind == "Secret" and (document.get("data") or document.get("stringData")):
        yield "no-secret-in-values", "a Secret with data"
    if kind in ("Role", "ClusterRole"):
        for rule in document["rules"]:
            if "*" in rule.get("apiGroups", []) + rule.get("resources", []) + rule.get("verbs", []):
                yield "no-wildcard-right", f"{rule}"
            if {"escalate", "bind", "impersonate"} & set(rule.get("verbs", [])):
                yield "no-right-on-rights", f"{rule['verbs']}"
    if kind in ("RoleBinding", "ClusterRoleBinding") and document["roleRef"]["name"] in ("cluster-admin", "admin", "edit"):
        yield "no-wildcard-right", f"binds {document['roleRef']['name']}"
    if kind == "Namespace":
        labels = document["metadata"].get("labels") or {}
        for mode in ("enforce", "audit", "warn"):
            if labels.get(f"pod-security.kubernetes.io/{mode}") != "restricted":
                yield "restricted-namespace", f"{mode} is {labels.get(f'pod-security.kubernetes.io/{mode}')}"


def judge(documents):
    """Findings over the objects of one cluster, as sorted "rule kind/name: what" lines."""
    found = []
    for document in documents:
        rules = [access_rules(document), traffic_rules(document, documents)]
        if pod_of(document):
            rules += [container_rules(document), scaling_rules(document, documents), spot_rules(document), identity_rules(document, documents)]
        found += [f"{rule} {document['kind']}/{document['metadata']['name']}: {what}" for each in rules for rule, what in each]
    return sorted(found)
