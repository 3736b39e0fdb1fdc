// Package wiring is what the adapters for dependency injection containers share: the settings that users give beside
// their constructors, and the sequence in which the container constructs services.
package wiring
