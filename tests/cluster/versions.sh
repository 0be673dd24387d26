# shellcheck shell=bash disable=SC2034
# What the local cluster is made of, beside the Kubernetes of go.mod. Go checks every module against its checksum database.
HELM3=helm.sh/helm/v3/cmd/helm@v3.22.0
HELM4=helm.sh/helm/v4/cmd/helm@v4.3.1
JQ=github.com/itchyny/gojq/cmd/gojq@v0.12.17
REGISTRY_MODULE=github.com/distribution/distribution/v3/cmd/registry@v3.1.2
COREDNS=github.com/coredns/coredns@v1.13.1
KUBERNETES=v1.35.8
