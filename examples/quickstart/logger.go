package main

import "go.uber.org/zap"

// NewLogger returns a logger that writes lines for people to stderr.
func NewLogger() (*zap.Logger, error) {
	config := zap.NewDevelopmentConfig()
	config.Level.SetLevel(zap.InfoLevel)
	config.DisableCaller = true
	config.DisableStacktrace = true
	return config.Build()
}
