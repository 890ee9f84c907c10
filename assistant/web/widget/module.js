// The ES module: nothing stands on the page until it is mounted.
import { api } from "./api.js";

export const { ask, close, destroy, mount, on, open, setTheme } = api;
