import { testRecordings } from "../../support/engine-recordings";
import { recordingsFolder } from "./recordings";

testRecordings(recordingsFolder, "vagrantp");
