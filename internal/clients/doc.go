// Package clients has what the ready-made resources share: the life of the client of a server, connections that can be cut off,
// and errors without passwords.
package clients
