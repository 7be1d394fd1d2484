export { layer, type MemoryStoreOptions, memoryStore } from "./MemoryStore.ts"
