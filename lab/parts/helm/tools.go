//go:build tools

// Package tools names the commands that the lab builds from this module.
package tools

import (
	_ "helm.sh/helm/v4/cmd/helm"
)
