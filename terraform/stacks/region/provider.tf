terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.79, < 5.0"
    }
  }

  # Container and key come at init: docs/operations/first-deploy.md.
  backend "azurerm" {
    use_azuread_auth = true
    use_oidc         = true
  }
}

provider "azurerm" {
  # The list is written out, as azurerm 5 will demand: nothing is registered that nobody reads here.
  resource_provider_registrations = "none"
  resource_providers_to_register  = local.resource_providers
  storage_use_azuread             = true
  use_oidc                        = true

  features {
    resource_group {
      prevent_deletion_if_contains_resources = true
    }

    key_vault {
      purge_soft_delete_on_destroy    = false
      recover_soft_deleted_key_vaults = true
    }

    storage {
      # A private account's data plane does not answer a hosted runner: without this a plan hangs.
      data_plane_available = false
    }
  }
}
