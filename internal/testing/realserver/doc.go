// Package realserver runs the servers that clients talk to in tests: private instances of the programs on the machine, in a
// temporary folder, on a free port of 127.0.0.1. They stop when the test ends.
//
// Where a program is missing the test is skipped, and the message names its Debian package. With SERVICES_REQUIRED=1 it fails.
//
// [Faults] plays what can go wrong between a resource and its server, and [Load] what can between a consumer and its messages.
package realserver
