// Signing out, on every technicians' page.

import { post } from "./post.js";

document.getElementById("sign-out").addEventListener("click", async () => {
  await post("/keluar", {});
  location.assign("/masuk");
});
