package dashboard

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// policy returns a Content-Security-Policy: nothing comes from elsewhere, and of what is written into the page only the style
// of svg counts, if there is one.
func policy(svg string) string {
	inline := ""
	if _, after, ok := strings.Cut(svg, "<style>"); ok {
		text, _, _ := strings.Cut(after, "</style>")
		sum := sha256.Sum256([]byte(text))
		inline = " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src 'self'" + inline + "; script-src 'self'; connect-src 'self'; img-src data:; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
