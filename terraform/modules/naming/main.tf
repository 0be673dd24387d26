# Names and tags of everything, from contract/naming.yaml: one place decides, tests compare with Azure's rules.

variable "rules" {
  description = "contract/naming.yaml, decoded."
  type        = any
}

variable "product" {
  type = string
}

variable "environment" {
  type = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.environment))
    error_message = "An environment's name has 2 to 8 lower-case letters and digits, so that every name made of it fits its type."
  }
}

variable "region_short" {
  type = string
}

variable "seed" {
  description = "What makes globally unique names unique: the subscription's id."
  type        = string
}

variable "tags" {
  description = "purpose, owner and cost-center, and ttl-days where the environment ends by itself."
  type        = map(string)
}

variable "region" {
  type = string
}

locals {
  hash = substr(sha256("${var.seed}/${var.environment}/${var.region}"), 0, 4)
  names = {
    for type, rule in var.rules.types : type => {
      dashed = "${rule.prefix}-${var.product}-${var.environment}-${var.region_short}"
      hashed = "${rule.prefix}-${var.product}-${var.environment}-${var.region_short}-${local.hash}"
      short  = "${rule.prefix}-${var.rules.short_product}-${var.environment}-${var.region_short}-${local.hash}"
      joined = "${rule.prefix}${var.product}${var.environment}${var.region_short}${local.hash}"
    }[rule.form]
  }
}

output "names" {
  value = local.names

  precondition {
    condition = alltrue([
      for type, name in local.names :
      length(name) >= var.rules.types[type].length[0] && length(name) <= var.rules.types[type].length[1] &&
      can(regex("^(?:${var.rules.types[type].pattern})$", name))
    ])
    error_message = "A name breaks the rules of its type: ${join(", ", [for type, name in local.names : "${type} ${name}" if length(name) > var.rules.types[type].length[1] || !can(regex("^(?:${var.rules.types[type].pattern})$", name))])}."
  }
}

output "tags" {
  value = merge(var.tags, {
    product     = var.product
    environment = var.environment
    region      = var.region
    managed-by  = "terraform"
  })
}
