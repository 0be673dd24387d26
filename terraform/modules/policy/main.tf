# What Azure Policy holds on the cluster beyond the safeguards: images come from the one registry.

variable "cluster_id" { type = string }
variable "registry_host" { type = string }

variable "effect" {
  type = string

  validation {
    condition     = contains(["audit", "deny"], var.effect)
    error_message = "The effect is audit or deny."
  }
}

resource "azurerm_resource_policy_assignment" "images" {
  name                 = "images-from-the-registry"
  resource_id          = var.cluster_id
  policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/febd0533-8e55-448f-b837-bd0e06f16469"
  enforce              = true

  parameters = jsonencode({
    effect                      = { value = var.effect }
    allowedContainerImagesRegex = { value = "^${replace(var.registry_host, ".", "\\.")}/.+@sha256:[0-9a-f]{64}$" }
    # The command's pod runs Microsoft's own image, and so does everything of the cluster's own.
    excludedNamespaces = { value = ["aks-command", "kube-system", "gatekeeper-system", "azure-arc", "dataprotection-microsoft"] }
  })
}
