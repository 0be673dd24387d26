# GitHub runners with a path into this network: a container app job starts one for each job that waits, and it ends with that job.
# What it needs of GitHub is a GitHub App's key, which a person puts into the vault once.

variable "names" { type = map(string) }
variable "tags" { type = map(string) }
variable "location" { type = string }
variable "group" { type = string }
variable "network_name" { type = string }
variable "range" { type = string }
variable "route_table_id" { type = string }
variable "zone_redundant" { type = bool }
variable "registry" { type = object({ id = string, host = string }) }
variable "vault" { type = object({ id = string, url = string }) }

variable "label" {
  description = "What `runs-on` says to get one of these."
  type        = string
}

variable "most" {
  description = "How many jobs may run at the same time."
  type        = number

  validation {
    condition     = var.most >= 1 && var.most <= 50
    error_message = "Between 1 and 50 runners at the same time: their subnet has no more addresses."
  }
}

variable "github" {
  description = "The GitHub App whose key registers runners, the repository they serve, and their image."
  type        = object({ owner = string, repository = string, app_id = string, installation_id = string, image = string })

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.github.image))
    error_message = "The runners' image is named by its digest: it sees every secret that a job sees."
  }
}

locals {
  key = "runner-app-key"
}

resource "azurerm_subnet" "runners" {
  name                            = "runners"
  resource_group_name             = var.group
  virtual_network_name            = var.network_name
  address_prefixes                = [var.range]
  default_outbound_access_enabled = false

  # Container Apps owns its subnet; no data store stands in it.
  delegation {
    name = "container-apps"

    service_delegation {
      name    = "Microsoft.App/environments"
      actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
    }
  }
}

resource "azurerm_network_security_group" "this" {
  name                = "nsg-runners"
  location            = var.location
  resource_group_name = var.group
  tags                = var.tags
}

# Nobody calls a runner: it fetches its job.
resource "azurerm_network_security_rule" "allow" {
  for_each = {
    from-runners       = { priority = 100, source = var.range, ports = ["0-65535"] }
    from-load-balancer = { priority = 110, source = "AzureLoadBalancer", ports = ["30000-32767"] }
  }

  name                        = each.key
  resource_group_name         = var.group
  network_security_group_name = azurerm_network_security_group.this.name
  priority                    = each.value.priority
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_ranges     = each.value.ports
  source_address_prefix       = each.value.source
  destination_address_prefix  = var.range
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny-the-rest"
  resource_group_name         = var.group
  network_security_group_name = azurerm_network_security_group.this.name
  priority                    = 4096
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "*"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
}

resource "azurerm_subnet_network_security_group_association" "this" {
  subnet_id                 = azurerm_subnet.runners.id
  network_security_group_id = azurerm_network_security_group.this.id
}

resource "azurerm_subnet_route_table_association" "this" {
  subnet_id      = azurerm_subnet.runners.id
  route_table_id = var.route_table_id
}

resource "azurerm_user_assigned_identity" "this" {
  name                = "${var.names.identity}-runner"
  location            = var.location
  resource_group_name = var.group
  tags                = var.tags
}

# The runner itself may fetch its image and its key. What a job may do is decided by the identity that the job takes on.
resource "azurerm_role_assignment" "pull" {
  scope                = var.registry.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "key" {
  scope                = "${var.vault.id}/secrets/${local.key}"
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_container_app_environment" "this" {
  name                               = var.names.container_app_environment
  location                           = var.location
  resource_group_name                = var.group
  infrastructure_subnet_id           = azurerm_subnet.runners.id
  infrastructure_resource_group_name = "${var.group}-runners"
  internal_load_balancer_enabled     = true
  public_network_access              = "Disabled"
  zone_redundancy_enabled            = var.zone_redundant
  logs_destination                   = "azure-monitor"
  tags                               = var.tags

  workload_profile {
    name                  = "Consumption"
    workload_profile_type = "Consumption"
  }

  depends_on = [azurerm_subnet_network_security_group_association.this, azurerm_subnet_route_table_association.this]
}

resource "azurerm_container_app_job" "this" {
  name                         = var.names.container_app_job
  location                     = var.location
  resource_group_name          = var.group
  container_app_environment_id = azurerm_container_app_environment.this.id
  workload_profile_name        = "Consumption"
  replica_timeout_in_seconds   = 7200
  replica_retry_limit          = 0 # A job that failed is run again by GitHub, never by us.
  tags                         = var.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this.id]
  }

  registry {
    server   = var.registry.host
    identity = azurerm_user_assigned_identity.this.id
  }

  secret {
    name                = local.key
    identity            = azurerm_user_assigned_identity.this.id
    key_vault_secret_id = "${var.vault.url}secrets/${local.key}"
  }

  event_trigger_config {
    parallelism              = 1
    replica_completion_count = 1

    scale {
      min_executions              = 0
      max_executions              = var.most
      polling_interval_in_seconds = 30

      rules {
        name             = "jobs-that-wait"
        custom_rule_type = "github-runner"
        metadata = {
          owner                     = var.github.owner
          repos                     = var.github.repository
          runnerScope               = "repo"
          labels                    = var.label
          noDefaultLabels           = "true"
          targetWorkflowQueueLength = "1"
          applicationID             = var.github.app_id
          installationID            = var.github.installation_id
        }

        authentication {
          secret_name       = local.key
          trigger_parameter = "appKey"
        }
      }
    }
  }

  template {
    container {
      name   = "runner"
      image  = var.github.image
      cpu    = 2
      memory = "4Gi"

      dynamic "env" {
        for_each = {
          EPHEMERAL           = "true" # One job, then the registration ends with the container.
          DISABLE_AUTO_UPDATE = "true"
          RUNNER_SCOPE        = "repo"
          REPO_URL            = "https://github.com/${var.github.owner}/${var.github.repository}"
          LABELS              = var.label
          NO_DEFAULT_LABELS   = "true"
          APP_ID              = var.github.app_id
          APP_LOGIN           = var.github.owner
        }
        content {
          name  = env.key
          value = env.value
        }
      }

      env {
        name        = "APP_PRIVATE_KEY"
        secret_name = local.key
      }
    }
  }

  depends_on = [azurerm_role_assignment.pull, azurerm_role_assignment.key]
}

output "environment_id" { value = azurerm_container_app_environment.this.id }
output "label" { value = var.label }
