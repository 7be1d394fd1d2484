export { fileStore, type FileStoreOptions, layer, make } from "./FileStore.ts"
