export { layer, make, type MemoryStoreOptions, memoryStore } from "./MemoryStore.ts"
