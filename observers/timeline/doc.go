// Package timeline records when the services of a Runner start and stop, and
// shows where the time goes: as text, JSON, a trace, and pictures.
package timeline
