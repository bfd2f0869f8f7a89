using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Tests.Formats;

/// <summary>What a log signed is put together whole, or not at all.</summary>
public sealed class ScratchBytesTests
{
    private delegate void Append(ref ScratchBytes bytes);

    [Fact]
    public void What_does_not_fit_is_a_fault_and_is_not_left_out()
    {
        Append[] all =
        [
            static (ref bytes) => bytes.AppendDecimal(long.MaxValue),
            static (ref bytes) => bytes.AppendLowerHex(new byte[8]),
            static (ref bytes) => bytes.AppendBase64(new byte[12]),
            static (ref bytes) => bytes.AppendPem("KEY"u8, new byte[8]),
            static (ref bytes) => bytes.AppendBigEndian(1UL),
        ];
        foreach (var append in all)
        {
            Assert.True(Fails(append));
        }
    }

    private static bool Fails(Append append)
    {
        // Rented bytes are at least as many as were asked for: these are filled but for seven.
        var bytes = new ScratchBytes(16);
        try
        {
            bytes.Append(new byte[9]);
            append(ref bytes);
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return true;
        }
        finally
        {
            bytes.Dispose();
        }
    }
}
