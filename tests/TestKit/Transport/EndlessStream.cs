using System.Text;

namespace PySign.TestKit;

/// <summary>The same block over and over, without an end.</summary>
public sealed class EndlessStream(string block) : OneWayStream
{
    private readonly byte[] _block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(block, Math.Max(1, 4096 / block.Length))));
    private bool _begun;

    /// <summary>How many bytes were read.</summary>
    public long Served { get; private set; }

    /// <summary>What stands before the first block.</summary>
    public string Head { get; init; } = "";

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var piece = _begun ? _block : Encoding.UTF8.GetBytes(Head + block);
        _begun = true;
        var length = Math.Min(piece.Length, buffer.Length);
        piece.AsSpan(0, length).CopyTo(buffer.Span);
        Served += length;
        return ValueTask.FromResult(length);
    }
}
