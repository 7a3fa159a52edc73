"""A network that reads a line of text: convolutions, and LSTMs in both directions over the columns of what they see.

Shi, Bai, Yao, An End-to-End Trainable Neural Network for Image-based Sequence Recognition (2015).
"""
from torch import nn

INPUT = (1, 32, 100)
CLASSES = 37


class CRNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            *layer(1, 64), nn.MaxPool2d(2), *layer(64, 128), nn.MaxPool2d(2), *layer(128, 256), *layer(256, 256),
            nn.MaxPool2d(2, (2, 1), (0, 1)), *layer(256, 512), *layer(512, 512), nn.MaxPool2d(2, (2, 1), (0, 1)),
            nn.Conv2d(512, 512, 2), nn.BatchNorm2d(512), nn.ReLU())
        self.lstm = nn.LSTM(512, 256, num_layers=2, bidirectional=True)
        self.classifier = nn.Linear(512, CLASSES)

    def forward(self, x):
        columns = self.features(x).squeeze(2).permute(2, 0, 1)  # [column, sample, channel]
        return self.classifier(self.lstm(columns)[0])


def layer(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()
