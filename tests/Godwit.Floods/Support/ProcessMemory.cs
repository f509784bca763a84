using System.Globalization;

namespace Godwit.Floods.Support;

/// <summary>Memory of the broker as the kernel sees it, in bytes.</summary>
internal sealed class ProcessMemory(int processId)
{
    /// <summary>Resident now.</summary>
    public long Resident => Read("VmRSS:");

    /// <summary>Most that was ever resident, since <see cref="ForgetPeak"/>.</summary>
    public long Peak => Read("VmHWM:");

    /// <summary>Lets <see cref="Peak"/> begin anew (proc(5), clear_refs).</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{processId}/clear_refs", "5");

    private long Read(string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(name.Length, line.Length - name.Length - " kB".Length), CultureInfo.InvariantCulture);
    }
}
