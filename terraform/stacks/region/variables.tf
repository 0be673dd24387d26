# One environment in one region. Everything that differs between environments is here, and comes from one tfvars file:
# terraform/environments/<environment>/<region>.tfvars.

variable "environment" {
  type = string

  validation {
    condition     = contains(keys(local.contract.environments), var.environment)
    error_message = "The environment is none of contract/environments.yaml."
  }
}

variable "region" {
  type = string

  validation {
    condition     = contains(keys(local.contract.regions), var.region)
    error_message = "The region is none of contract/environments.yaml."
  }

  validation {
    condition     = contains(local.contract.environments[var.environment].regions, var.region)
    error_message = "contract/environments.yaml does not name this region for this environment."
  }
}

variable "tags" {
  description = "Who answers for it and who pays."
  type        = object({ owner = string, cost-center = string })
}

variable "ranges" {
  description = "The network's range, and those of pods and services. No environment's network may overlap another's."
  type        = object({ network = string, pods = string, services = string })
}

variable "zone_redundant" {
  description = "Nodes, firewall and gateways in all zones of the region."
  type        = bool
}

variable "lock" {
  description = "Nothing of the environment can be deleted before somebody takes the lock away."
  type        = bool
}

variable "cluster" {
  type = object({
    kubernetes_version = string
    sku_tier           = string
    upgrade_channel    = string
    system_pool        = object({ vm_size = string, bounds = tuple([number, number]), critical_only = bool })
    node_pools = map(object({
      vm_size = string
      bounds  = tuple([number, number])
      spot    = bool
      taints  = optional(list(string), [])
    }))
    safeguards    = object({ level = string, pod_security = string })
    defender      = bool
    run_command   = object({ enabled = bool, reason = string })
    ingress_mode  = string
    mesh_revision = optional(string)
  })
}

variable "firewall" {
  type = object({ tier = string, allowed_names = list(string) })
}

variable "vault_sku" {
  type = string
}

variable "database" {
  type = object({ sku = string, storage_mb = number, zone_redundant = bool, backup_days = number, geo_backup = bool, copy = bool })
}

variable "redis" {
  type = object({ sku = string, highly_available = bool, copy = bool })
}

variable "events" {
  description = "null where the environment has none."
  type        = object({ sku = string, capacity = number, most_units = optional(number), copy = bool })
  default     = null

  validation {
    condition     = (var.events != null) == local.contract.environments[var.environment].events
    error_message = "contract/environments.yaml says whether this environment has events; the tfvars say otherwise."
  }
}

variable "storage_replication" {
  type = string
}

variable "logs" {
  type = object({ retention_days = number, daily_quota_gb = number, full = bool })
}

variable "backup" {
  description = "null where the stores' own backups are all there is."
  type        = object({ redundancy = string, cross_region_restore = bool })
  default     = null
}

variable "budget" {
  type = object({ amount = number, start_date = string, anomaly_alert = bool })
}

variable "operators_eligible_days" {
  description = "null where operators have no way in but the pipeline: no bastion, no eligible roles."
  type        = number
  default     = null
}

variable "gateway" {
  description = "The names that the gateway's certificate bears, and its issuer: Self, or one that the vault has an account with."
  type        = object({ hosts = list(string), issuer = string })
}

variable "runners" {
  description = "How many jobs may run at the same time on runners inside the network; or the label of GitHub's own runners that are joined to it."
  type        = object({ most = number, hosted_label = optional(string) })
}

variable "hosted_runners" {
  description = "True as long as jobs run on GitHub's hosted runners, which reach no private data plane: what needs one is left out. The same word in every stack."
  type        = bool
  default     = false
}

# What is not in git: it names people and other stacks' outputs. docs/operations/first-deploy.md says where each comes from.

variable "tenant" {
  type = object({
    operators_group_id       = string
    database_admins_group_id = string
    alert_emails             = set(string)
    repository               = object({ owner = string, name = string, owner_id = string, id = string })
    jobs                     = object({ plan = string, apply = string })
  })
}

variable "runner" {
  description = "The GitHub App that registers runners, and their image by digest; null until the App's key is in the vault."
  type        = object({ app_id = string, installation_id = string, image = string })
  default     = null
}

variable "shared" {
  description = "The output `shared` of the stack global, and `state_account_id` of bootstrap."
  type        = object({ registry_id = string, registry_host = string, state_account_id = string })
}
