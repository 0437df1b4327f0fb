import { frame } from "./frame.js";
import { connect } from "./live.js";

const { handlers, onLink } = frame();
connect("/events", handlers, onLink);
