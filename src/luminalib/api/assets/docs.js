"use strict";

// The dialog's last form would take the focus, and with it people who log in away from theirs, which is the first.
const calmInputs = {
  wrapComponents: {
    Input: (Original, { React }) => (props) => React.createElement(Original, { ...props, autoFocus: false }),
  },
};

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: -1, // schemas are shown where they are used
  filter: true,
  persistAuthorization: false, // a shared computer forgets who was here
  plugins: [calmInputs],
  tryItOutEnabled: true,
  validatorUrl: null, // the default asks a public server
});
