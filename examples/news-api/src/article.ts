export interface Article {
  readonly id: number;
  readonly title: string;
  readonly category: string;
  readonly source: string;
  readonly published_at: string;
}
