import { createRoot } from "react-dom/client";
import { useAuth } from "react-oidc-context";
import { AuthProvider, settings } from "settings";

function App() {
  const auth = useAuth();
  window.signIn = () => auth.signinRedirect();
  window.refresh = () => auth.signinSilent();
  if (auth.error) return <p>{auth.error.message}</p>;
  if (auth.isLoading) return null;
  return <p>{auth.user ? `Signed in as ${auth.user.profile.preferred_username}` : "Signed out"}</p>;
}

createRoot(document.getElementById("root")).render(<AuthProvider {...settings}><App /></AuthProvider>);
