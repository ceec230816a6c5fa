"""Images a second of torchvision's usual pipeline, for each number of workers and each of the cases, as JSON: python torchvision_loader.py TASK"""

import json
import sys
import time
from pathlib import Path

from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms


class Folder(Dataset):
    def __init__(self, folder: str, size: int):
        self.files = sorted(Path(folder).iterdir())
        self.transform = transforms.Compose([transforms.Resize((size, size)), transforms.ToTensor()])

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int):
        return self.transform(Image.open(self.files[index]).convert("RGB"))


def epoch(loader: DataLoader) -> int:
    return sum(len(batch) for batch in loader)


def measure(case: dict, batch_size: int, workers: int) -> float:
    images = Folder(case["folder"], case["size"])
    loader = DataLoader(images, batch_size, drop_last=True, num_workers=workers, persistent_workers=True)
    epoch(loader)  # Starts the workers and fills the disk's cache.
    begun = time.perf_counter()
    return epoch(loader) / (time.perf_counter() - begun)


def main(cases: list, batchSize: int, workers: list) -> None:
    print(json.dumps([[measure(case, batchSize, count) for case in cases] for count in workers]))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
