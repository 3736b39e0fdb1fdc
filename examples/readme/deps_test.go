package readme_test

// What programs of the documents import, and no other example does.
import _ "github.com/go-fxservices/services/contrib/pgxservice"
