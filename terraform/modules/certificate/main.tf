# The gateway's TLS certificate. Key Vault asks its issuer for a new one before the old one ends, and pods get it by rotation: nobody
# carries it. The vault's data plane is private, so this is made by runners inside the network only.

variable "name" {
  description = "How the charts' values name it (tls.certificate)."
  type        = string
}

variable "vault_id" { type = string }
variable "tags" { type = map(string) }
variable "hosts" { type = list(string) }

variable "issuer" {
  description = "Self, or the name of an issuer that a person gave the vault an account with (docs/operations/first-deploy.md). Front Door believes no certificate of Self."
  type        = string

  validation {
    condition     = var.issuer != "Unknown"
    error_message = "Key Vault cannot renew what it does not know the issuer of."
  }
}

variable "makers" {
  description = "Object ids: apply makes the certificate, plan looks at it."
  type        = object({ apply = string, plan = string })
}

resource "azurerm_role_assignment" "apply" {
  scope                = var.vault_id
  role_definition_name = "Key Vault Certificates Officer"
  principal_id         = var.makers.apply
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "plan" {
  scope                = var.vault_id
  role_definition_name = "Key Vault Reader"
  principal_id         = var.makers.plan
  principal_type       = "ServicePrincipal"
}

resource "azurerm_key_vault_certificate" "this" {
  name         = var.name
  key_vault_id = var.vault_id
  tags         = var.tags

  certificate_policy {
    issuer_parameters {
      name = var.issuer
    }

    key_properties {
      exportable = true # The gateway needs the key.
      key_type   = "RSA"
      key_size   = 2048
      reuse_key  = false
    }

    lifetime_action {
      action {
        action_type = "AutoRenew"
      }

      trigger {
        # Before the vault tells of an expiry, 30 days ahead: an alert then means that the renewal failed.
        days_before_expiry = 45
      }
    }

    secret_properties {
      content_type = "application/x-pkcs12"
    }

    x509_certificate_properties {
      subject            = "CN=${var.hosts[0]}"
      validity_in_months = 6 # Public issuers give no more than 200 days.
      key_usage          = ["digitalSignature", "keyEncipherment"]
      extended_key_usage = ["1.3.6.1.5.5.7.3.1"] # server authentication

      subject_alternative_names {
        dns_names = var.hosts
      }
    }
  }

  depends_on = [azurerm_role_assignment.apply]
}
