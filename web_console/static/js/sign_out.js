// Signing out, on every technicians' page; on every device, on the fleet's.

import { post } from "./post.js";
import { complain } from "./technician.js";

async function leave(path) {
  const answer = await post(path, {});
  // Who is signed out already has what was wished.
  if (answer.ok || answer.sign_in) location.assign("/masuk");
  else complain(answer.text);
}

document.getElementById("sign-out").addEventListener("click", () => leave("/keluar"));
document.getElementById("sign-out-everywhere")?.addEventListener("click", () => leave("/keluar/semua"));
