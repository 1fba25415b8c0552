//go:build tools

// Package tools names the commands that the lab builds from this module.
package tools

import (
	_ "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"
)
