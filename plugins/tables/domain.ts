/** Public API of the tables domain: what plugins and experiments may import from `explab/tables`. */
export { type TableBatch, TableDataset } from './kinds/table-dataset';
