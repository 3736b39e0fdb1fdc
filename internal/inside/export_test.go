package inside

// What reads a field, for types that are not those of dig.
var (
	Attempt = attempt
	FieldOf = fieldOf
)

// FieldString is field for a string.
var FieldString = field[string]
